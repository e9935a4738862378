using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BatchWorker.Benchmarks;

/// <summary>A redis-server, the simulator as OpenAI and the daemon, for a ledger that is filled and looked at; the other providers do not answer.</summary>
internal sealed class ListStack : IDisposable
{
    private const string Nobody = "http://127.0.0.1:9";
    private readonly string _directory = Directory.CreateTempSubdirectory("bw-lists-").FullName;
    private readonly Dictionary<string, string> _environment;
    private readonly Server _redis;
    private readonly Server _simulator;

    public ListStack()
    {
        RedisPort = Server.FreePort();
        var (simulator, daemon) = (Server.FreePort(), Server.FreePort());
        var none = new Dictionary<string, string>();
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{daemon}"), Timeout = TimeSpan.FromMinutes(30) };
        _redis = new Server("redis", "redis-server", ["--port", Text(RedisPort), "--bind", "127.0.0.1", "--dir", _directory, "--save", "", "--maxmemory-policy", "noeviction"], none, Log("redis"));
        _simulator = new Server("simulator", "dotnet", [Stack.Dll("BatchWorker.Simulator"), "--urls", $"http://127.0.0.1:{simulator}", "--phase-seconds", "0.5", "--dir", Path.Combine(_directory, "simulator")], none, Log("simulator"));
        _environment = new Dictionary<string, string>
        {
            ["REDIS_URL"] = "redis://127.0.0.1:" + Text(RedisPort),
            ["BATCH_DATA_DIR"] = Path.Combine(_directory, "data"),
            ["BATCH_CHECK_INTERVAL"] = "1",
            ["BATCH_SCHEDULE_CRON"] = "0 0 0 1 1 ? 2099",
            ["OPENAI_API_KEY"] = "sk-simulator",
            ["OPENAI_BASE_URL"] = $"http://127.0.0.1:{simulator}/openai/v1",
            ["ANTHROPIC_API_KEY"] = "sk-ant-nobody",
            ["ANTHROPIC_BASE_URL"] = Nobody,
            ["GEMINI_API_KEY"] = "nobody",
            ["GEMINI_BASE_URL"] = Nobody,
        };
        Daemon = new Server("daemon", "dotnet", [Stack.Dll("BatchWorker"), "--urls", Http.BaseAddress.ToString()], _environment, Log("daemon"));
        _redis.Start();
        _simulator.Start();
        Daemon.Start();
    }

    public int RedisPort { get; }

    public Server Daemon { get; }

    public HttpClient Http { get; }

    public Task<RedisCalls> CallsAsync() => RedisCalls.ReadAsync(RedisPort);

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Http.GetAsync(new Uri(path, UriKind.Relative));
        response.EnsureSuccessStatusCode();
        using var body = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
        return body.RootElement.Clone();
    }

    public async Task<JsonElement> PostAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await Http.PostAsync(new Uri(path, UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
        using var body = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
        return body.RootElement.Clone();
    }

    /// <summary><c>doctor --verify</c> beside the daemon; answers the exit code and what it said last.</summary>
    public async Task<(int ExitCode, string LastLine)> VerifyAsync()
    {
        using var doctor = new Server("doctor", "dotnet", [Stack.Dll("BatchWorker"), "doctor", "--verify"], _environment, Log("doctor"));
        doctor.Start();
        var exitCode = await doctor.EndedAsync();
        return (exitCode, File.ReadLines(Log("doctor")).Last());
    }

    public void Dispose()
    {
        Http.Dispose();
        Daemon.Dispose();
        _simulator.Dispose();
        _redis.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private string Log(string name) => Path.Combine(_directory, name + ".log");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
