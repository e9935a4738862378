using System.CommandLine;
using BatchWorker.Settings;

namespace BatchWorker.Cli.Operators;

/// <summary><c>health</c>: for the health check of a container that has no shell and no curl.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public static Command Build()
    {
        var url = new Option<string?>("--url") { Description = "The daemon, as for the other commands" };
        var command = new Command("health", "Exits with 0 when the daemon is ready: it and its store answer. 1: it is not ready; 69: it does not answer") { url };
        command.SetAction((parsed, _) => CommandLine.GuardAsync(parsed.InvocationConfiguration.Error, () => RunAsync(parsed.GetValue(url), parsed.InvocationConfiguration.Output)));
        return command;
    }

    private static async Task<int> RunAsync(string? url, TextWriter output)
    {
        var daemon = CommandSettings.Find(url, CommandSettings.Read());
        using var client = new DaemonClient(daemon, s_patience);
        var status = await client.AskAsync("/health/ready") ?? throw new StartRefusal(ExitCodes.Unreachable, $"No daemon answers at {daemon.Address}.");
        output.WriteLine(status == StatusCodes.Status200OK ? "ready" : "not ready");
        return status == StatusCodes.Status200OK ? ExitCodes.Done : ExitCodes.No;
    }
}
