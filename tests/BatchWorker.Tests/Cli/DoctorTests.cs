using System.Text;
using BatchWorker.Tests.Fixtures;
using StackExchange.Redis;

namespace BatchWorker.Tests.Cli;

/// <summary><c>doctor --verify</c>, with the real binary.</summary>
internal sealed class DoctorTests
{
    private const int Patience = 120_000;
    private DirectoryInfo _directory = null!;

    [SetUp]
    public void NewDirectory() => _directory = Directory.CreateTempSubdirectory("bw-doctor-");

    [TearDown]
    public void RemoveDirectory() => _directory.Delete(recursive: true);

    [Test, CancelAfter(Patience)]
    public async Task A_redis_is_verified_while_its_daemon_runs_and_what_is_wrong_is_said_with_exit_code_1(CancellationToken cancellationToken)
    {
        await using var redis = await RedisServer.StartAsync();
        var environment = Environment(redis.Address);
        await using var daemon = await QueueAsync(environment);
        var whole = await CommandProcess.RunAsync(environment, cancellationToken, "doctor", "--verify");
        Assert.That((whole.ExitCode, whole.Output.Trim()), Is.EqualTo((0, "2 jobs (2 queued), 0 batches: 0 violations")), whole.Errors);

        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Address);
        await connection.GetDatabase().KeyDeleteAsync("{bw}:q:1");
        var broken = await CommandProcess.RunAsync(environment, cancellationToken, "doctor", "--verify");
        var lines = broken.Output.Trim().Split('\n');
        Assert.That((broken.ExitCode, lines.Length), Is.EqualTo((1, 3)), broken.Errors);
        Assert.That(lines[0], Does.Match("^I1 job_[0-9A-Z]{26} is queued and in no queue"));
        Assert.That(lines[2], Does.Contain("2 violations"));
    }

    [Test, CancelAfter(Patience)]
    public async Task An_embedded_store_is_verified_when_its_daemon_has_stopped(CancellationToken cancellationToken)
    {
        var environment = Environment("");
        await using (await QueueAsync(environment))
        {
            var busy = await CommandProcess.RunAsync(environment, cancellationToken, "doctor", "--verify");
            Assert.That(busy.ExitCode, Is.EqualTo(75), busy.Errors);
            Assert.That(busy.Errors, Does.Contain("while its daemon is stopped"));
        }
        var whole = await CommandProcess.RunAsync(environment, cancellationToken, "doctor", "--verify");
        Assert.That((whole.ExitCode, whole.Output.Trim()), Is.EqualTo((0, "2 jobs (2 queued), 0 batches: 0 violations")), whole.Errors);
    }

    [Test, CancelAfter(Patience)]
    public async Task Nothing_is_made_where_there_is_no_store(CancellationToken cancellationToken)
    {
        var none = await CommandProcess.RunAsync(Environment(""), cancellationToken, "doctor", "--verify");
        Assert.That((none.ExitCode, _directory.EnumerateFileSystemInfos().Count()), Is.EqualTo((69, 0)), none.Errors);
        var checkup = await CommandProcess.RunAsync(Environment(""), cancellationToken, "doctor");
        Assert.That((checkup.ExitCode, checkup.Output.Contains("sk-of-nobody", StringComparison.Ordinal)), Is.EqualTo((1, false)), "nobody answers at the address of the provider");
        Assert.That(checkup.Output, Does.Match(@"openai +fail").And.Match(@"OPENAI_API_KEY +set +environment"));
        Assert.That(_directory.EnumerateFileSystemInfos(), Is.Empty);
    }

    private static async Task<RunningDaemon> QueueAsync(Dictionary<string, string> environment)
    {
        var daemon = await RunningDaemon.StartAsync(new DaemonStart { Urls = "http://127.0.0.1:0", Quiet = true, Settings = environment.ToDictionary(pair => pair.Key, string? (pair) => pair.Value) });
        using var http = new HttpClient { BaseAddress = new Uri(daemon.Address.Address) };
        const string job = """{"job_type":"embedding_generation","provider":"openai","data":{"input":"a text"}}""";
        using var body = new StringContent($"[{job},{job}]", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("/batch/queue/bulk", body);
        answer.EnsureSuccessStatusCode();
        return daemon;
    }

    private Dictionary<string, string> Environment(string redis) => new()
    {
        ["REDIS_URL"] = redis,
        ["BATCH_DATA_DIR"] = _directory.FullName,
        ["BATCH_SCHEDULE_CRON"] = "0 0 0 1 1 ? 2099",
        ["OPENAI_API_KEY"] = "sk-of-nobody",
        ["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1",
    };
}
