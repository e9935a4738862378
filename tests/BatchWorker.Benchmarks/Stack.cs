using System.Globalization;

namespace BatchWorker.Benchmarks;

/// <summary>The processes and where they answer.</summary>
internal sealed class Stack : IDisposable
{
    /// <summary>BATCH_LEASE_SECONDS.</summary>
    public const int LeaseSeconds = 3;

    /// <summary>BATCH_CHECK_INTERVAL.</summary>
    public const int CheckSeconds = 1;

    private readonly Standby? _standby;
    private readonly string _fsync;
    private readonly string _directory = Directory.CreateTempSubdirectory("bw-harness-").FullName;

    /// <param name="embedded">The daemon keeps its own store; there is no redis-server.</param>
    /// <param name="replicas">Daemons on the same redis-server, with one directory of results.</param>
    /// <param name="failpoint">Where the first daemon is held, in its first process; null for nowhere.</param>
    /// <param name="standby">A second redis-server replicates the first, and the daemons know both.</param>
    /// <param name="beside">The program of all daemons but the first, of another version; null for the same.</param>
    /// <param name="fsync"><c>appendfsync</c> of the redis-server.</param>
    public Stack(bool embedded, int replicas = 1, string? failpoint = null, bool standby = false, string? beside = null, string fsync = "always")
    {
        var (redis, simulator) = (Server.FreePort(), Server.FreePort());
        (RedisPort, _fsync) = (redis, fsync);
        SimulatorUrl = Url(simulator);
        var none = new Dictionary<string, string>();
        Redis = RedisServer("redis", redis);
        _standby = standby ? StandbyOf(redis, Server.FreePort()) : null;
        RedisUrl = embedded ? "" : standby ? $"{Host(redis)},{Host(_standby!.Port)}" : "redis://" + Host(redis);
        Simulator = new Server("simulator", "dotnet", [Dll("BatchWorker.Simulator"), "--urls", SimulatorUrl, "--phase-seconds", "0.5", "--dir", Path.Combine(_directory, "simulator")], none, Log("simulator"));
        Replicas = [.. Enumerable.Range(1, replicas).Select(number => Replica(number, number == 1 ? null : beside))];
        if (!embedded)
        {
            Redis.Start();
            _standby?.Start();
        }
        Simulator.Start();
        foreach (var replica in Replicas)
        {
            replica.Server.Start(replica == Replicas[0] && failpoint is not null ? Held(failpoint) : null);
        }
    }

    /// <summary>The daemons.</summary>
    public IReadOnlyList<Replica> Replicas { get; }

    public Server Daemon => Replicas[0].Server;

    public string DaemonUrl => Replicas[0].Url;

    public Server Redis { get; }

    /// <summary>Where the redis-server answers.</summary>
    public int RedisPort { get; }

    /// <summary>The redis-server that may take the place of the other.</summary>
    public Standby Standby => _standby ?? throw new InvalidOperationException("The stack has no second redis-server.");

    /// <summary>Where redis-server writes what it does.</summary>
    public FileInfo RedisLog => new(Path.Combine(RedisDirectory, "appendonlydir", "appendonly.aof.1.incr.aof"));

    public Server Simulator { get; }

    public string SimulatorUrl { get; }

    private string RedisUrl { get; }

    private string RedisDirectory => InDirectory("redis");

    /// <summary>Where the logs are.</summary>
    public string Log(string name) => InDirectory(name + ".log");

    /// <summary>Is there while the first daemon is held; it goes on when it is gone.</summary>
    public string Failpoint => InDirectory("failpoint");

    /// <summary>A path that is removed with the stack.</summary>
    private string InDirectory(string name) => Path.Combine(_directory, name);

    /// <summary>Keeps what redis-server holds now, to go back to.</summary>
    public void CopyRedis() => Copy(RedisDirectory, InDirectory("redis-then"));

    /// <summary>Redis goes back in time.</summary>
    public void RestoreRedis() => Copy(InDirectory("redis-then"), RedisDirectory);

    public void Dispose()
    {
        foreach (var replica in Replicas)
        {
            replica.Server.Dispose();
        }
        Simulator.Dispose();
        Redis.Dispose();
        _standby?.Dispose();
    }

    /// <summary>Removes everything; kept when something went wrong.</summary>
    public void Delete() => Directory.Delete(_directory, recursive: true);

    /// <summary>Copies the files of redis-server, which is killed for it and started again.</summary>
    private void Copy(string from, string to)
    {
        Redis.Kill();
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        Redis.Start();
    }

    private Replica Replica(int number, string? dll)
    {
        var url = Url(Server.FreePort());
        var name = number == 1 ? "daemon" : $"daemon-{number}";
        return new Replica(new Server(name, "dotnet", [dll ?? Dll("BatchWorker"), "--urls", url], Environment(number), Log(name)), url, Log(name));
    }

    private Dictionary<string, string> Environment(int replica) => new()
    {
        ["REDIS_URL"] = RedisUrl,
        ["OPENAI_BASE_URL"] = SimulatorUrl + "/openai/v1",
        ["OPENAI_API_KEY"] = "sk-simulator",
        ["ANTHROPIC_BASE_URL"] = SimulatorUrl + "/anthropic",
        ["ANTHROPIC_API_KEY"] = "sk-ant-simulator",
        ["GEMINI_BASE_URL"] = SimulatorUrl + "/gemini",
        ["GEMINI_API_KEY"] = "AIza-simulator",
        ["BATCH_DATA_DIR"] = InDirectory($"data-{replica}"),
        ["BATCH_RESULT_STORE"] = "file:" + InDirectory("results"),
        ["BATCH_CHECK_INTERVAL"] = Text(CheckSeconds),
        ["BATCH_RECONCILE_GRACE"] = "2",
        ["BATCH_LEASE_SECONDS"] = Text(LeaseSeconds),
        ["BATCH_RETRY_BACKOFF"] = "1",
        ["BATCH_PROVIDER_PROBE"] = "1",
    };

    private Dictionary<string, string> Held(string failpoint) => new()
    {
        ["BATCH_ALLOW_FAILPOINTS"] = "true",
        ["BATCH_FAILPOINT"] = $"{failpoint}:{Failpoint}",
    };

    private Server RedisServer(string name, int port, params string[] more)
    {
        Directory.CreateDirectory(InDirectory(name));
        return new Server(name, "redis-server", ["--port", Text(port), "--bind", "127.0.0.1", "--dir", InDirectory(name), "--save", "", "--appendonly", "yes", "--appendfsync", _fsync, .. more], new Dictionary<string, string>(), Log(name));
    }

    private Standby StandbyOf(int primary, int port) =>
        new(Redis, primary, RedisServer("standby", port, "--replicaof", "127.0.0.1", Text(primary)), port, RedisServer("redis-returned", primary, "--replicaof", "127.0.0.1", Text(port)));

    private static string Url(int port) => "http://" + Host(port);

    private static string Host(int port) => "127.0.0.1:" + Text(port);

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    /// <summary>The other projects are in the directory of whoever references them, else built beside this one, in the same configuration.</summary>
    public static string Dll(string project)
    {
        var copied = Path.Combine(AppContext.BaseDirectory, project + ".dll");
        if (File.Exists(copied))
        {
            return copied;
        }
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var root = output;
        while (!File.Exists(Path.Combine(root.FullName, "BatchWorker.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("The harness runs from a build inside the repository.");
        }
        var relative = Path.GetRelativePath(Path.Combine(root.FullName, "tests", "BatchWorker.Benchmarks"), output.FullName);
        return Path.Combine(root.FullName, "src", project, relative, project + ".dll");
    }
}

/// <summary>One of the daemons.</summary>
internal sealed record Replica(Server Server, string Url, string Log);
