using System.CommandLine;
using BatchWorker.Settings;

namespace BatchWorker.Cli;

/// <summary>What can be asked for on the command line; without a command it is the daemon.</summary>
internal static class CommandLine
{
    public static Task<int> RunAsync(string[] arguments)
    {
        // The host handles signals itself, and takes longer over them than a command line would give it
        var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
        return Build().Parse(arguments).InvokeAsync(invocation);
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
        root.SetAction((parsed, _) => GuardAsync(() => parsed.GetValue(runNow)
            ? RunNow.RunAsync(follow: !parsed.GetValue(noWait))
            : ServeAsync(parsed.GetValue(urls))));
        root.Subcommands.Add(BuildDemo());
        root.Subcommands.Add(BuildDoctor());
        return root;
    }

    private static Command BuildDemo()
    {
        var exit = new Option<bool>("--exit") { Description = "Leave when everything has ended" };
        var demo = new Command("demo", "The whole main job against a built-in simulator of the providers: no key, no money, no other service") { exit };
        demo.SetAction((parsed, _) => GuardAsync(() => Demo.RunAsync(stay: !parsed.GetValue(exit))));
        return demo;
    }

    private static Command BuildDoctor()
    {
        var verify = new Option<bool>("--verify") { Description = "Hold every job and batch against what must be true of them; prints what is not, then exits with 1" };
        var doctor = new Command("doctor", "Looks at the store of the configuration and changes nothing") { verify };
        doctor.Validators.Add(result =>
        {
            if (!result.GetValue(verify))
            {
                result.AddError("doctor needs --verify.");
            }
        });
        doctor.SetAction((_, _) => GuardAsync(Doctor.VerifyAsync));
        return doctor;
    }

    private static async Task<int> ServeAsync(string? urls)
    {
        await using var daemon = await RunningDaemon.StartAsync(new DaemonStart { Urls = urls, WaitsForStore = true });
        return await daemon.WaitAsync();
    }

    /// <summary>Whatever keeps a command from its work is one line for a person and an exit code.</summary>
    private static async Task<int> GuardAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (StartRefusal refusal)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
            return refusal.ExitCode;
        }
    }
}
