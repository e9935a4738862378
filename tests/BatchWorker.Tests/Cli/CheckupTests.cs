using System.Text.Json;
using BatchWorker.Cli.Doctor;
using BatchWorker.Simulator;
using BatchWorker.Tests.Fixtures;
using StackExchange.Redis;

namespace BatchWorker.Tests.Cli;

/// <summary><c>doctor</c> on configurations that are fit and unfit.</summary>
internal sealed class CheckupTests
{
    private const string Canary = "sk-canary-0123456789";
    private DirectoryInfo _directory = null!;

    [SetUp]
    public void NewDirectory() => _directory = Directory.CreateTempSubdirectory("bw-checkup-");

    [TearDown]
    public void RemoveDirectory() => _directory.Delete(recursive: true);

    [Test]
    public async Task A_fit_machine_passes_every_check_and_names_its_next_five_drains()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        var (code, report) = await LookAsync(With(simulator, ("BATCH_SCHEDULE_TIMEZONE", "Europe/Berlin"), ("BATCH_SCHEDULE_CRON", "0 30 2 1 JAN ?")));
        Assert.That((code, Verdicts(report).Values.Distinct()), Is.EqualTo((0, new[] { "ok" })), report.GetRawText());
        Assert.That(report.GetProperty("next_drains").EnumerateArray().Select(slot => slot.GetString()![4..]), Is.All.EqualTo("-01-01 02:30 +01:00").And.Exactly(5).Items);
        Assert.That(Directory.EnumerateFileSystemEntries(_directory.FullName), Is.Empty, "nothing is made");
    }

    [Test]
    public async Task A_key_that_is_refused_fails_and_no_secret_is_shown()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        var (code, report) = await LookAsync(With(simulator, ("OPENAI_API_KEY", Canary), ("BATCH_API_KEYS", $"app:read:{Canary}"), ("OPENAI_BASE_URL", simulator.OpenAiBaseUrl.ToString().Replace("://", $"://user:{Canary}@", StringComparison.Ordinal))));
        Assert.That((code, Verdicts(report)["openai"], Verdicts(report)["anthropic"]), Is.EqualTo((1, "fail", "ok")), report.GetRawText());
        Assert.That(report.GetRawText(), Does.Not.Contain(Canary));
        Assert.That(Setting(report, "OPENAI_API_KEY"), Is.EqualTo(("set", "settings")));
        Assert.That(Setting(report, "REDIS_URL"), Is.EqualTo(("unset", "default")));
        Assert.That(Setting(report, "BATCH_CHECK_INTERVAL"), Is.EqualTo(("60", "default")));
    }

    [Test]
    public async Task A_redis_that_may_drop_or_lose_jobs_is_named()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Address + ",allowAdmin=true");
        var server = connection.GetServers().Single();
        await server.ConfigSetAsync("appendonly", "no");
        Assert.That(Verdicts((await LookAsync(With(null, ("REDIS_URL", redis.Address)))).Report)["store"], Is.EqualTo("warn"));
        await server.ConfigSetAsync("maxmemory-policy", "allkeys-lru");
        var (code, report) = await LookAsync(With(null, ("REDIS_URL", redis.Address)));
        Assert.That((code, Verdicts(report)["store"], report.GetRawText().Contains("allkeys-lru", StringComparison.Ordinal)), Is.EqualTo((1, "fail", true)));
        Assert.That(Verdicts((await LookAsync(With(null, ("REDIS_URL", "redis://127.0.0.1:9")))).Report)["store"], Is.EqualTo("fail"));
    }

    [Test]
    public async Task A_setting_that_is_wrong_is_a_failed_check_with_its_name()
    {
        var (code, report) = await LookAsync(With(null, ("BATCH_SCHEDULE_TIME", "25:00")));
        Assert.That((code, Verdicts(report)["configuration"]), Is.EqualTo((1, "fail")));
        Assert.That(report.GetRawText(), Does.Contain("BATCH_SCHEDULE_TIME: "));
    }

    [Test]
    public async Task An_embedded_store_that_a_daemon_holds_is_answered_for_by_its_daemon()
    {
        var settings = With(null);
        await using var daemon = await RunningDaemon.StartAsync(new DaemonStart { Urls = "http://127.0.0.1:0", Quiet = true, Settings = settings });
        var (_, report) = await LookAsync(settings);
        var daemonCheck = report.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("check").GetString() == "daemon");
        Assert.That((Verdicts(report)["daemon"], daemonCheck.GetProperty("detail").GetString()!.Contains(daemon.Address.Address, StringComparison.Ordinal)), Is.EqualTo(("ok", true)));
    }

    private static async Task<(int Code, JsonElement Report)> LookAsync(IReadOnlyDictionary<string, string?> settings)
    {
        using var output = new StringWriter();
        var code = await Checkup.RunAsync(new DaemonStart { Settings = settings }, json: true, output);
        return (code, JsonDocument.Parse(output.ToString()).RootElement);
    }

    private Dictionary<string, string?> With(SimulatorHost? simulator, params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string?> { ["BATCH_DATA_DIR"] = _directory.FullName };
        if (simulator is not null)
        {
            var keys = new SimulatorOptions();
            (settings["OPENAI_BASE_URL"], settings["OPENAI_API_KEY"]) = (simulator.OpenAiBaseUrl.ToString(), keys.OpenAiKey);
            (settings["ANTHROPIC_BASE_URL"], settings["ANTHROPIC_API_KEY"]) = (simulator.AnthropicBaseUrl.ToString(), keys.AnthropicKey);
            (settings["GEMINI_BASE_URL"], settings["GEMINI_API_KEY"]) = (simulator.GeminiBaseUrl.ToString(), keys.GeminiKey);
        }
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }
        return settings;
    }

    private static Dictionary<string, string> Verdicts(JsonElement report) =>
        report.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("check").GetString()!, check => check.GetProperty("verdict").GetString()!);

    private static (string? Value, string? Source) Setting(JsonElement report, string name)
    {
        var setting = report.GetProperty("settings").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);
        return (setting.GetProperty("value").GetString(), setting.GetProperty("source").GetString());
    }
}
