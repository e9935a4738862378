using System.Net;
using System.Text;
using BatchWorker.Benchmarks;
using BatchWorker.Settings;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Flow;

/// <summary>A whole daemon whose Redis comes late, goes early, or does not let it in.</summary>
[CancelAfter(60_000)]
internal sealed class StoreAwayTests
{
    private readonly string _url = $"http://127.0.0.1:{Server.FreePort()}";
    private readonly int _port = Server.FreePort();
    private DirectoryInfo _directory = null!;
    private HttpClient _http = null!;

    [SetUp]
    public void Prepare()
    {
        _directory = Directory.CreateTempSubdirectory("bw-away-");
        _http = new HttpClient { BaseAddress = new Uri(_url) };
    }

    [TearDown]
    public void Clean()
    {
        _http.Dispose();
        _directory.Delete(recursive: true);
    }

    [Test]
    public async Task A_daemon_that_starts_before_its_Redis_is_alive_and_not_ready_until_it_comes(CancellationToken cancellationToken)
    {
        var starting = StartAsync();
        while (await StatusAsync("/health/live", cancellationToken) is null)
        {
            await Task.Yield();
        }
        Assert.That(await StatusAsync("/health/ready", cancellationToken), Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        using var job = new StringContent("""{"job_type":"embedding_generation","provider":"openai","data":{"input":"x"}}""", Encoding.UTF8, "application/json");
        using var refused = await _http.PostAsync("/batch/queue", job, cancellationToken);
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(refused.Headers.RetryAfter, Is.Not.Null);
        Assert.That(starting.IsCompleted, Is.False);

        await using var redis = await RedisServer.StartAsync(_port);
        await using var daemon = await starting;
        Assert.That(await StatusAsync("/health/ready", cancellationToken), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_Redis_that_does_not_let_us_in_ends_the_start_with_the_name_of_the_setting()
    {
        await using var redis = await RedisServer.StartAsync(_port);
        await redis.Server.ConfigSetAsync("requirepass", "another");
        Assert.That(StartAsync, Throws.TypeOf<StartRefusal>().With.Property("ExitCode").EqualTo(78)
            .And.Message.EqualTo("REDIS_URL: the Redis refuses the user or the password."));
    }

    [Test]
    public async Task A_daemon_stops_cleanly_while_its_Redis_is_away()
    {
        var redis = await RedisServer.StartAsync(_port);
        var daemon = await StartAsync();
        await redis.DisposeAsync();
        Assert.That(async () => await daemon.DisposeAsync(), Throws.Nothing);
    }

    private Task<RunningDaemon> StartAsync() => RunningDaemon.StartAsync(new DaemonStart
    {
        Urls = _url,
        Quiet = true,
        WaitsForStore = true,
        Settings = new Dictionary<string, string?>
        {
            ["REDIS_URL"] = $"127.0.0.1:{_port},connectTimeout=500",
            ["BATCH_DATA_DIR"] = _directory.FullName,
            ["OPENAI_API_KEY"] = "sk-nobody",
        },
    });

    /// <summary>Null while nobody listens.</summary>
    private async Task<HttpStatusCode?> StatusAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _http.GetAsync(path, cancellationToken);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
