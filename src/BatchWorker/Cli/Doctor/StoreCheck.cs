using System.Globalization;
using BatchWorker.Queue;
using BatchWorker.Settings;
using StackExchange.Redis;

namespace BatchWorker.Cli.Doctor;

/// <summary>Whether the store answers and is set up so that it keeps what it is given.</summary>
internal static class StoreCheck
{
    private const string Check = "store";
    private const int PatienceMs = 5_000;

    public static Task<Finding> RunAsync(DaemonSettings settings) => settings.Redis is { } redis ? LookAsync(redis) : Task.FromResult(LookAtOwn(settings));

    private static Finding LookAtOwn(DaemonSettings settings) => Finding.Ok(Check, !Directory.Exists(settings.StoreDirectory) ? "the embedded store is made at the first start"
        : DataDirectory.IsTaken(settings.DataDirectory) ? "the embedded store is in use by its daemon, which answers for it below"
        : $"the embedded store in {settings.StoreDirectory}; no daemon runs on it, so doctor --verify can look into it");

    private static async Task<Finding> LookAsync(ConfigurationOptions redis)
    {
        var options = redis.Clone();
        (options.ConnectTimeout, options.AsyncTimeout) = (PatienceMs, PatienceMs);
        var address = string.Join(", ", options.EndPoints.Select(Describe));
        try
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
            await connection.GetDatabase().PingAsync(CommandFlags.DemandMaster);
            return Judge(address, await StoreFacts.ReadAsync(connection, TimeProvider.System));
        }
        catch (Exception refused) when (StoreFailures.IsRefused(refused))
        {
            return Finding.Fail(Check, $"Redis at {address} refuses the user or the password");
        }
        catch (Exception away) when (away is StartRefusal || StoreFailures.IsAway(away))
        {
            return Finding.Fail(Check, $"Redis at {address} does not answer");
        }
    }

    private static Finding Judge(string address, StoreFacts facts)
    {
        var detail = string.Create(CultureInfo.InvariantCulture, $"Redis {facts.Version} at {address}, eviction {facts.Policy ?? "unknown"}, append-only file {Word(facts.AppendOnly)}, clock {facts.Skew.TotalMilliseconds:0} ms away");
        return facts.Refusal is { } refusal ? Finding.Fail(Check, $"{detail}: {refusal}")
            : facts.AppendOnly == false ? Finding.Warn(Check, detail + ": what was accepted since its last snapshot is lost when it stops (redis-cli CONFIG SET appendonly yes)")
            : facts.IsOld || facts.IsSkewed || facts.Policy is null || facts.AppendOnly is null ? Finding.Warn(Check, detail)
            : Finding.Ok(Check, detail);
    }

    private static string Word(bool? flag) => flag switch { true => "on", false => "off", null => "unknown" };

    private static string Describe(System.Net.EndPoint server) => server is System.Net.DnsEndPoint name ? $"{name.Host}:{name.Port}" : $"{server}";
}
