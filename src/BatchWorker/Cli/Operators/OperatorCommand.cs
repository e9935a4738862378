using System.CommandLine;

namespace BatchWorker.Cli.Operators;

/// <summary>A command that asks a running daemon something and shows the answer.</summary>
internal sealed class OperatorCommand : Command
{
    private readonly Option<string?> _url = new("--url") { Description = $"The daemon; default {CommandSettings.Url}, else the one that runs on BATCH_DATA_DIR, else http://127.0.0.1:8003" };
    private readonly Option<bool> _json = new("--json") { Description = "What the API answers, unchanged" };

    public OperatorCommand(string name, string description) : base(name, description)
    {
        Options.Add(_url);
        Options.Add(_json);
    }

    /// <summary>What it does; answers the exit code.</summary>
    public OperatorCommand Does(Func<Session, ParseResult, Task<int>> act)
    {
        SetAction((parsed, _) => CommandLine.GuardAsync(parsed.InvocationConfiguration.Error, async () =>
        {
            using var session = Session.Open(parsed.GetValue(_url), parsed.GetValue(_json), parsed.InvocationConfiguration);
            return await act(session, parsed);
        }));
        return this;
    }

    public OperatorCommand With(params Symbol[] parts)
    {
        foreach (var part in parts)
        {
            switch (part)
            {
                case Option option:
                    Options.Add(option);
                    break;
                case Argument argument:
                    Arguments.Add(argument);
                    break;
                case Command command:
                    Subcommands.Add(command);
                    break;
            }
        }
        return this;
    }
}
