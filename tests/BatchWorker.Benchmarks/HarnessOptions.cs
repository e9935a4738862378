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
/// <param name="Beside">Program of a second daemon on the same redis-server, of another version; null for none.</param>
internal sealed record HarnessOptions(string File, int Jobs, int Wave, int DaemonKills, int RedisKills, int Seed, int Failing, bool Embedded, string? Beside)
{
    public const string Usage = """
        Runs the daemon, a redis-server (AOF always) and the simulator, posts jobs, drains, and checks that nothing was lost and nothing paid twice.
          --file FILE   jobs, one a line (required)
          --jobs N      how many jobs; the file is cycled, with copies that differ (default: all of the file once)
          --wave N      jobs posted before each drain (default: all)
          --daemon-kills N  --redis-kills N  --seed N   SIGKILL at random moments (default: none)
          --failing N   percent of the requests that the providers refuse for good (default: 0)
          --store embedded   the daemon keeps its own store instead of the redis-server
          --beside DLL  BatchWorker.dll of another version: a second daemon on the same redis-server; waves and kills go to both

        failpoints --file FILE: holds a daemon at each named failpoint, interrupts it there, and checks the same.
          --points 1,7,8  --signals KILL,TERM,STOP  --replicas 1,2   what is tried (default: everything)
          --turns N     rounds, in each of which another provider's batch is met (default: 1)
          --store embedded   the daemon keeps its own store (SIGKILL, 1 replica)

        load --file FILE: the whole road at a given size, redis-server with appendfsync everysec; prints what each stretch takes.
          --jobs N  --connections N  --singles N   jobs as lines, over how many connections, and single ones by 32 callers (default: the file, 1, 0)
          --json FILE   the figures for programs as well

        takeover --file FILE: kills one of two daemons while its batches run; the other must settle them within two lease times.
          --rounds N    kills (default: 5)

        soak --file FILE: several daemons, a steady load, providers that fail now and then.
          --minutes N  --replicas N  --per-minute N   how long, how many, how many jobs (default: 60, 3, 1000)
          --daemon-kills N   SIGKILLs, evenly over the time, of any of them; one in twenty of redis-server (default: none)

        store-accidents --file FILE: two daemons whose redis-server loses the tail of its append-only file, or is taken over by its replica, up to date or not.
          --rounds N    of each kind (default: 5)
          --seed N      seed of the moments (default: 1)

        store-kills: kills a daemon with the embedded store right after it has acknowledged jobs, and looks for each of them afterwards.
          --rounds N    kills (default: 100)
          --memory M    BATCH_EMBEDDED_MEMORY (default: 64m)
          --seed N      seed of the moments (default: 1)
        """;

    /// <summary>Null when they can't be understood.</summary>
    public static HarnessOptions? Parse(Arguments given) =>
        given.IsWhole && given.Text("--file") is { } file
            ? new HarnessOptions(
                file, given.Number("--jobs", 0), given.Number("--wave", int.MaxValue), given.Number("--daemon-kills", 0), given.Number("--redis-kills", 0),
                given.Number("--seed", 1), given.Number("--failing", 0), given.Text("--store") == "embedded", given.Text("--beside"))
            : null;
}
