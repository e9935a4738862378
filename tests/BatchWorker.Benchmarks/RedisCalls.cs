using System.Globalization;

namespace BatchWorker.Benchmarks;

/// <summary>Calls of each command that a redis-server has answered since it started, as it counts them itself; those inside scripts too.</summary>
internal sealed class RedisCalls
{
    /// <summary>Commands whose cost grows with all there is.</summary>
    private static readonly string[] s_scans = ["keys", "scan", "hscan", "sscan", "zscan", "hgetall", "smembers", "sort", "randomkey"];

    private readonly Dictionary<string, long> _calls;

    private RedisCalls(Dictionary<string, long> calls) => _calls = calls;

    public long Total => _calls.Values.Sum();

    /// <summary>Calls that walk through everything; there must be none.</summary>
    public long Scans => _calls.Where(call => s_scans.Contains(call.Key)).Sum(call => call.Value);

    public static async Task<RedisCalls> ReadAsync(int port)
    {
        var lines = (await RedisCli.RunAsync(port, "info", "commandstats")).Split('\n').Where(line => line.StartsWith("cmdstat_", StringComparison.Ordinal));
        return new RedisCalls(lines.ToDictionary(NameOf, CallsOf));
    }

    /// <summary>What came in between.</summary>
    public RedisCalls Since(RedisCalls before) =>
        new(_calls.Select(call => KeyValuePair.Create(call.Key, call.Value - before._calls.GetValueOrDefault(call.Key))).Where(call => call.Value > 0 && call.Key is not ("info" or "ping")).ToDictionary());

    /// <summary>The most frequent commands, each divided by <paramref name="parts"/>.</summary>
    public string Per(double parts) =>
        string.Join(' ', _calls.OrderByDescending(call => call.Value).Take(6).Select(call => string.Create(CultureInfo.InvariantCulture, $"{call.Key} {call.Value / parts:0.#}")));

    private static string NameOf(string line) => line["cmdstat_".Length..line.IndexOf(':', StringComparison.Ordinal)];

    private static long CallsOf(string line)
    {
        var from = line.IndexOf("calls=", StringComparison.Ordinal) + "calls=".Length;
        return long.Parse(line[from..line.IndexOf(',', from)], CultureInfo.InvariantCulture);
    }
}
