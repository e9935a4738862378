using System.Globalization;

namespace BatchWorker.Benchmarks;

/// <summary>A redis-server that replicates the one of the stack and may take its place.</summary>
/// <param name="primary">The server that it follows, which comes back as its replica.</param>
/// <param name="primaryPort">Where that listens.</param>
/// <param name="standby">The one that replicates it.</param>
/// <param name="standbyPort">Where that listens.</param>
/// <param name="returned">The former server after the failover: it comes back empty and has to learn everything.</param>
internal sealed class Standby(Server primary, int primaryPort, Server standby, int standbyPort, Server returned) : IDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);
    private const string PauseMs = "60000";
    private bool _lags;

    /// <summary>Where it listens.</summary>
    public int Port => standbyPort;

    public void Start() => standby.Start();

    /// <summary>Waits until it has all that the primary has now.</summary>
    public async Task FollowsAsync()
    {
        var there = await OffsetAsync(primaryPort, "master_repl_offset:");
        while (await OffsetAsync(standbyPort, "slave_repl_offset:") < there)
        {
            await Task.Delay(s_look, TimeProvider.System);
        }
    }

    /// <summary>From now on it hears of nothing, as on a slow line; what was written before has arrived.</summary>
    public async Task LagAsync()
    {
        await FollowsAsync();
        standby.Send("STOP");
        _lags = true;
    }

    /// <summary>The primary dies, this one takes its place, and the former primary comes back as its replica.</summary>
    public async Task TakeOverAsync()
    {
        if (!_lags)
        {
            await RedisCli.RunAsync(primaryPort, "client", "pause", PauseMs, "write");
            await FollowsAsync();
        }
        primary.Kill();
        if (_lags)
        {
            standby.Send("CONT");
        }
        await RedisCli.RunAsync(standbyPort, "replicaof", "no", "one");
        returned.Start();
    }

    public void Dispose()
    {
        standby.Dispose();
        returned.Dispose();
    }

    /// <summary>How much of the stream of writes it has; -1 before it follows anybody.</summary>
    private static async Task<long> OffsetAsync(int port, string name) =>
        (await RedisCli.RunAsync(port, "info", "replication")).Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? long.Parse(line.AsSpan(name.Length), CultureInfo.InvariantCulture)
            : -1;
}
