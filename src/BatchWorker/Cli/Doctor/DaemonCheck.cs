using System.Text.Json;
using BatchWorker.Settings;

namespace BatchWorker.Cli.Doctor;

/// <summary>What the daemon that runs on the data directory says of itself.</summary>
internal static class DaemonCheck
{
    private const string Check = "daemon";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public static async Task<Finding> RunAsync(DaemonSettings settings)
    {
        if (!DataDirectory.IsTaken(settings.DataDirectory))
        {
            return Finding.Ok(Check, "none runs on this data directory");
        }
        try
        {
            return DataDirectory.AddressIn(settings.DataDirectory) is { } address ? await AskAsync(address)
                : Finding.Fail(Check, "a process holds the data directory and has not said where it answers: it starts, or waits for its store");
        }
        catch (UnauthorizedAccessException)
        {
            return Finding.Warn(Check, "one runs here, for another user; only that one or root may ask it");
        }
        catch (StartRefusal silent)
        {
            return Finding.Fail(Check, silent.Message);
        }
    }

    private static async Task<Finding> AskAsync(DaemonAddress address)
    {
        using var client = new DaemonClient(address, s_patience);
        var health = await client.GetAsync("/batch/health");
        var status = Cells.Text(health, "status");
        var trouble = health.GetProperty("checks").EnumerateObject().Where(check => !IsFine(check.Value)).Select(check => $"{check.Name} {Cells.Text(check.Value, "status")} {Cells.Text(check.Value, "detail")}".TrimEnd());
        var detail = string.Join("; ", trouble.Prepend($"version {Cells.Text(health, "version")} at {address.Address} is {status}"));
        return status == "healthy" ? Finding.Ok(Check, detail) : Finding.Warn(Check, detail);
    }

    private static bool IsFine(JsonElement check) => Cells.Text(check, "status") is "healthy" or "unconfigured";
}
