using System.CommandLine;
using BatchWorker.Cli.Doctor;
using BatchWorker.Cli.Operators;
using BatchWorker.Settings;
using BatchWorker.Supervision;

namespace BatchWorker.Cli;

/// <summary>What can be asked for on the command line; without a command it is the daemon.</summary>
internal static class CommandLine
{
    /// <param name="arguments">The words of the command line.</param>
    /// <param name="output">Where data goes.</param>
    /// <param name="errors">Where everything else goes.</param>
    public static Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors)
    {
        // The host handles signals itself, and takes longer over them than a command line would give it
        var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false, Output = output, Error = errors };
        return RunAsync(Build().Parse(arguments), invocation);
    }

    /// <summary>What is not understood is not done, and is told from a command whose answer is no.</summary>
    private static async Task<int> RunAsync(ParseResult parsed, InvocationConfiguration invocation)
    {
        invocation.Output = parsed.Errors.Count > 0 ? invocation.Error : invocation.Output;
        var code = await parsed.InvokeAsync(invocation);
        return parsed.Errors.Count > 0 && code == ExitCodes.No ? ExitCodes.Usage : code;
    }

    private static RootCommand Build()
    {
        var urls = new Option<string?>("--urls") { Description = $"Where to listen; default {BindGuard.DefaultUrls}" };
        var runNow = new Option<bool>("--run-now") { Description = "Drain once, follow until every job has ended, print a summary; exit code 1 if a job failed" };
        var noWait = new Option<bool>("--no-wait") { Description = "With --run-now: exit after submission" };
        var root = new RootCommand("BatchWorker sends single LLM jobs as provider batches, at half the price. Without options it runs the daemon.") { urls, runNow, noWait };
        root.Validators.Add(result =>
        {
            if (result.GetValue(noWait) && !result.GetValue(runNow))
            {
                result.AddError("--no-wait belongs to --run-now.");
            }
        });
        root.SetAction((parsed, _) => GuardAsync(parsed.InvocationConfiguration.Error, () => parsed.GetValue(runNow)
            ? RunNow.RunAsync(follow: !parsed.GetValue(noWait))
            : ServeAsync(parsed.GetValue(urls))));
        Command[] commands =
        [
            BuildDemo(), BuildDoctor(), HealthCommand.Build(), StatusCommand.Build(), JobCommands.Build(), BatchCommands.Build(), BatchCommands.BuildResolve(), RunCommands.Build(), RunCommands.BuildDrain(),
            ChangeCommands.BuildRetry(), ChangeCommands.BuildCancel(), SwitchCommands.BuildScheduler(), SwitchCommands.BuildProviders(),
            BookCommands.BuildSavings(), BookCommands.BuildBudgets(), BookCommands.BuildAlerts(), CompletionCommand.Build(),
        ];
        Array.ForEach(commands, root.Subcommands.Add);
        return root;
    }

    private static Command BuildDemo()
    {
        var exit = new Option<bool>("--exit") { Description = "Leave when everything has ended" };
        var demo = new Command("demo", "The whole main job against a built-in simulator of the providers: no key, no money, no other service") { exit };
        demo.SetAction((parsed, _) => GuardAsync(parsed.InvocationConfiguration.Error, () => Demo.RunAsync(stay: !parsed.GetValue(exit))));
        return demo;
    }

    private static Command BuildDoctor()
    {
        var verify = new Option<bool>("--verify") { Description = "Hold every job and batch of the store against what must be true of them instead; prints what is not" };
        var json = new Option<bool>("--json") { Description = "As one JSON object" };
        var doctor = new Command("doctor", "Whether store, keys, disks and schedule of this configuration are fit for a daemon, and where each setting comes from; changes nothing, exits with 1 when something fails") { verify, json };
        doctor.SetAction((parsed, _) => GuardAsync(parsed.InvocationConfiguration.Error, () =>
            parsed.GetValue(verify) ? LedgerDoctor.VerifyAsync() : Checkup.RunAsync(new DaemonStart(), parsed.GetValue(json), parsed.InvocationConfiguration.Output)));
        return doctor;
    }

    private static async Task<int> ServeAsync(string? urls)
    {
        await using var watch = ServiceWatch.OfProcess(TimeProvider.System);
        await using var daemon = await RunningDaemon.StartAsync(new DaemonStart { Urls = urls, WaitsForStore = true, Watch = watch });
        return await daemon.WaitAsync();
    }

    /// <summary>Whatever keeps a command from its work is one line for a person and an exit code.</summary>
    public static async Task<int> GuardAsync(TextWriter errors, Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (StartRefusal refusal)
        {
            await errors.WriteLineAsync(refusal.Message);
            return refusal.ExitCode;
        }
    }
}
