using System.CommandLine;

namespace BatchWorker.Cli.Operators;

/// <summary><c>completion</c>: what a shell needs to complete the command line; the words come from the program itself.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> s_scripts = new()
    {
        ["bash"] = """
            _batchworker() {
              local line="${COMP_LINE#*[[:space:]]}" skipped
              skipped=$(( ${#COMP_LINE} - ${#line} ))
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:$((COMP_POINT - skipped))]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -F _batchworker batchworker BatchWorker
            """,
        ["zsh"] = """
            #compdef batchworker BatchWorker
            _batchworker() {
              local line="${BUFFER#*[[:space:]]}"
              compadd -- ${(f)"$("${words[1]}" "[suggest:$((CURSOR - ${#BUFFER} + ${#line}))]" "$line" 2>/dev/null)"}
            }
            compdef _batchworker batchworker BatchWorker
            """,
        ["fish"] = """
            function __batchworker_words
              set -l words (commandline -cp | string split -m 1 ' ')
              $words[1] "[suggest:"(string length -- "$words[2]")"]" "$words[2]" 2>/dev/null
            end
            complete -c batchworker -f -a '(__batchworker_words)'
            complete -c BatchWorker -f -a '(__batchworker_words)'
            """,
        ["pwsh"] = """
            Register-ArgumentCompleter -Native -CommandName batchworker, BatchWorker -ScriptBlock {
              param($word, $line, $position)
              $program, $rest = "$line" -split '\s+', 2
              $at = [Math]::Max(0, $position - ("$line".Length - "$rest".Length))
              & $program "[suggest:$at]" "$rest" 2>$null | Where-Object { $_ -like "$word*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }
            """,
    };

    public static Command Build()
    {
        var shell = new Argument<string>("shell") { Description = string.Join(", ", s_scripts.Keys) };
        shell.AcceptOnlyFromAmong([.. s_scripts.Keys]);
        var command = new Command("completion", "Prints what makes a shell complete these commands, e.g. source <(batchworker completion bash)") { shell };
        command.SetAction((parsed, _) =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(s_scripts[parsed.GetValue(shell)!]);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}
