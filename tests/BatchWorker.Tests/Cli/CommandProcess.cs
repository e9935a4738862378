using System.Diagnostics;
using BatchWorker.Tests.EmbeddedStore;

namespace BatchWorker.Tests.Cli;

/// <summary>The real binary, run to its end.</summary>
internal sealed record CommandProcess(int ExitCode, string Output, string Errors)
{
    public static async Task<CommandProcess> RunAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(DaemonProcess.Assembly);
        Array.ForEach(arguments, start.ArgumentList.Add);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return new CommandProcess(process.ExitCode, await output, await errors);
    }
}
