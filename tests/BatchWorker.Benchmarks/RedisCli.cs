using System.Diagnostics;
using System.Globalization;

namespace BatchWorker.Benchmarks;

/// <summary>Tells a redis-server something as its operator would.</summary>
internal static class RedisCli
{
    /// <summary>Answers what it said.</summary>
    public static async Task<string> RunAsync(int port, params string[] words)
    {
        using var cli = Process.Start(new ProcessStartInfo("redis-cli", ["-p", port.ToString(CultureInfo.InvariantCulture), .. words]) { RedirectStandardOutput = true })!;
        var text = await cli.StandardOutput.ReadToEndAsync();
        await cli.WaitForExitAsync();
        return text;
    }
}
