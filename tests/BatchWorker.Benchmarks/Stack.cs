using System.Globalization;

namespace BatchWorker.Benchmarks;

/// <summary>The processes and where they answer.</summary>
internal sealed class Stack : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("bw-harness-").FullName;

    public Stack(bool embedded)
    {
        var (redis, simulator, daemon) = (Server.FreePort(), Server.FreePort(), Server.FreePort());
        SimulatorUrl = Url(simulator);
        DaemonUrl = Url(daemon);
        var none = new Dictionary<string, string>();
        Directory.CreateDirectory(Path.Combine(_directory, "redis"));
        Redis = new Server("redis", "redis-server", ["--port", Text(redis), "--bind", "127.0.0.1", "--dir", Path.Combine(_directory, "redis"), "--save", "", "--appendonly", "yes", "--appendfsync", "always"], none, Log("redis"));
        Simulator = new Server("simulator", "dotnet", [Dll("BatchWorker.Simulator"), "--urls", SimulatorUrl, "--phase-seconds", "0.5", "--dir", Path.Combine(_directory, "simulator")], none, Log("simulator"));
        Daemon = new Server("daemon", "dotnet", [Dll("BatchWorker"), "--urls", DaemonUrl], new Dictionary<string, string>
        {
            ["REDIS_URL"] = embedded ? "" : "redis://127.0.0.1:" + Text(redis),
            ["OPENAI_BASE_URL"] = SimulatorUrl + "/openai/v1",
            ["OPENAI_API_KEY"] = "sk-simulator",
            ["ANTHROPIC_BASE_URL"] = SimulatorUrl + "/anthropic",
            ["ANTHROPIC_API_KEY"] = "sk-ant-simulator",
            ["GEMINI_BASE_URL"] = SimulatorUrl + "/gemini",
            ["GEMINI_API_KEY"] = "AIza-simulator",
            ["BATCH_DATA_DIR"] = Path.Combine(_directory, "data"),
            ["BATCH_CHECK_INTERVAL"] = "1",
            ["BATCH_RECONCILE_GRACE"] = "2",
            ["BATCH_LEASE_SECONDS"] = "3",
            ["BATCH_RETRY_BACKOFF"] = "1",
            ["BATCH_PROVIDER_PROBE"] = "1",
        }, Log("daemon"));
        if (!embedded)
        {
            Redis.Start();
        }
        Simulator.Start();
        Daemon.Start();
    }

    public Server Redis { get; }

    public Server Simulator { get; }

    public Server Daemon { get; }

    public string DaemonUrl { get; }

    public string SimulatorUrl { get; }

    /// <summary>Where the logs are.</summary>
    public string Log(string name) => Path.Combine(_directory, name + ".log");

    public void Dispose()
    {
        Daemon.Dispose();
        Simulator.Dispose();
        Redis.Dispose();
    }

    /// <summary>Removes everything; kept when something went wrong.</summary>
    public void Delete() => Directory.Delete(_directory, recursive: true);

    private static string Url(int port) => "http://127.0.0.1:" + Text(port);

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    /// <summary>The other projects are built beside this one, in the same configuration.</summary>
    public static string Dll(string project)
    {
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
