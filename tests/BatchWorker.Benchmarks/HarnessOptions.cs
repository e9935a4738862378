using System.Globalization;

namespace BatchWorker.Benchmarks;

/// <summary>What the harness does.</summary>
/// <param name="File">Jobs to post, one a line, for any of the providers.</param>
/// <param name="Jobs">How many; the file is cycled, with copies that differ.</param>
/// <param name="Wave">Jobs posted before each drain.</param>
/// <param name="DaemonKills">SIGKILLs of the daemon at random moments.</param>
/// <param name="RedisKills">SIGKILLs of redis-server at random moments.</param>
/// <param name="Seed">Seed of the moments.</param>
/// <param name="Failing">Percent of the requests that the providers refuse for good.</param>
/// <param name="Embedded">The daemon keeps its own store; there is no redis-server.</param>
internal sealed record HarnessOptions(string File, int Jobs, int Wave, int DaemonKills, int RedisKills, int Seed, int Failing, bool Embedded)
{
    public const string Usage = """
        Runs the daemon, a redis-server (AOF always) and the simulator, posts jobs, drains, and checks that nothing was lost and nothing paid twice.
          --file FILE   jobs, one a line (required)
          --jobs N      how many jobs; the file is cycled, with copies that differ (default: all of the file once)
          --wave N      jobs posted before each drain (default: all)
          --daemon-kills N  --redis-kills N  --seed N   SIGKILL at random moments (default: none)
          --failing N   percent of the requests that the providers refuse for good (default: 0)
          --store embedded   the daemon keeps its own store instead of the redis-server

        store-kills: kills a daemon with the embedded store right after it has acknowledged jobs, and looks for each of them afterwards.
          --rounds N    kills (default: 100)
          --memory M    BATCH_EMBEDDED_MEMORY (default: 64m)
          --seed N      seed of the moments (default: 1)
        """;

    public static HarnessOptions? Parse(string[] arguments)
    {
        var values = new Dictionary<string, string>();
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            values[arguments[i]] = arguments[i + 1];
        }
        if (!values.TryGetValue("--file", out var file) || arguments.Length % 2 != 0)
        {
            return null;
        }
        var jobs = Number("--jobs", 0);
        return new HarnessOptions(file, jobs, Number("--wave", int.MaxValue), Number("--daemon-kills", 0), Number("--redis-kills", 0), Number("--seed", 1), Number("--failing", 0), values.GetValueOrDefault("--store") == "embedded");

        int Number(string name, int otherwise) => values.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
    }
}
