using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BatchWorker.Simulator;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Flow;

/// <summary>A whole daemon whose Redis reaches its maxmemory while a batch is at its provider.</summary>
[CancelAfter(120_000)]
internal sealed class StoreFullTests
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bw-full-");

    [OneTimeTearDown]
    public void Clean() => _directory.Delete(recursive: true);

    [Test]
    public async Task Nothing_is_taken_and_nothing_is_sent_and_what_was_paid_for_is_stored_all_the_same(CancellationToken cancellationToken)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { PhaseSeconds = 0.3 });
        await using var daemon = await RunningDaemon.StartAsync(new DaemonStart { Urls = "http://127.0.0.1:0", Quiet = true, Settings = SettingsOf(redis, simulator) });
        using var http = new HttpClient { BaseAddress = new Uri(daemon.Address.Address) };
        var sent = await QueueAsync(http, cancellationToken);
        Assert.That(await DrainAsync(http, cancellationToken), Is.EqualTo(HttpStatusCode.OK));
        var waiting = await QueueAsync(http, cancellationToken);

        await redis.Server.ConfigSetAsync("maxmemory", "1");
        using var refused = await PostAsync(http, cancellationToken);
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.InsufficientStorage));
        Assert.That(await refused.Content.ReadAsStringAsync(cancellationToken), Does.Contain("urn:batchworker:store_full"));
        Assert.That(await DrainAsync(http, cancellationToken), Is.EqualTo(HttpStatusCode.InsufficientStorage));
        Assert.That(await StatusAsync(http, sent, wait: 60, cancellationToken), Is.EqualTo("succeeded"));
        Assert.That(await StatusAsync(http, waiting, wait: 0, cancellationToken), Is.EqualTo("queued"));
        Assert.That(simulator.Ledger.Batches, Has.Count.EqualTo(1));

        await redis.Server.ConfigSetAsync("maxmemory", "0");
        Assert.That(await DrainAsync(http, cancellationToken), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await StatusAsync(http, waiting, wait: 60, cancellationToken), Is.EqualTo("succeeded"));
        Assert.That(simulator.Ledger.Batches, Has.Count.EqualTo(2));
        Assert.That((await http.GetFromJsonAsync<JsonElement>("/batch/queue/status", cancellationToken)).GetProperty("total").GetInt32(), Is.Zero);
    }

    [Test]
    public async Task Before_the_last_tenth_of_the_memory_is_taken_jobs_are_refused_and_those_accepted_are_answered(CancellationToken cancellationToken)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { PhaseSeconds = 0.3 });
        await using var daemon = await RunningDaemon.StartAsync(new DaemonStart { Urls = "http://127.0.0.1:0", Quiet = true, Settings = SettingsOf(redis, simulator) });
        using var http = new HttpClient { BaseAddress = new Uri(daemon.Address.Address) };
        var job = await QueueAsync(http, cancellationToken);

        await redis.Connection.GetDatabase().StringSetAsync("of-others", new byte[32 << 20]);
        await redis.Server.ConfigSetAsync("maxmemory", await UsedAsync(redis) * 100 / 95);
        Assert.That(await UntilAsync(http, HttpStatusCode.InsufficientStorage, cancellationToken), Does.Contain("urn:batchworker:store_full"));
        using var run = await http.PostAsJsonAsync("/batch/process/all", new { wait = true }, cancellationToken);
        Assert.That(await StatusAsync(http, job, wait: 60, cancellationToken), Is.EqualTo("succeeded"));

        await redis.Server.ConfigSetAsync("maxmemory", await UsedAsync(redis) * 2);
        await UntilAsync(http, HttpStatusCode.Accepted, cancellationToken);
    }

    private static async Task<long> UsedAsync(RedisServer redis) =>
        long.Parse((await redis.Server.InfoAsync("memory")).SelectMany(section => section).Single(fact => fact.Key == "used_memory").Value, CultureInfo.InvariantCulture);

    /// <summary>Posts until it is answered so, since a look at the memory is good for a moment. Answers the body.</summary>
    private static async Task<string> UntilAsync(HttpClient http, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            using var answer = await PostAsync(http, cancellationToken);
            if (answer.StatusCode == expected)
            {
                return await answer.Content.ReadAsStringAsync(cancellationToken);
            }
        }
    }

    private Dictionary<string, string?> SettingsOf(RedisServer redis, SimulatorHost simulator) => new()
    {
        ["REDIS_URL"] = redis.Address,
        ["BATCH_DATA_DIR"] = _directory.FullName,
        ["BATCH_CHECK_INTERVAL"] = "1",
        ["OPENAI_BASE_URL"] = simulator.OpenAiBaseUrl.ToString(),
        ["OPENAI_API_KEY"] = new SimulatorOptions().OpenAiKey,
    };

    private static Task<HttpResponseMessage> PostAsync(HttpClient http, CancellationToken cancellationToken) =>
        http.PostAsJsonAsync("/batch/queue", new { job_type = "embedding_generation", provider = "openai", data = new { input = "a text" } }, cancellationToken);

    private static async Task<HttpStatusCode> DrainAsync(HttpClient http, CancellationToken cancellationToken)
    {
        using var run = await http.PostAsJsonAsync("/batch/process/all", new { wait = true }, cancellationToken);
        return run.StatusCode;
    }

    private static async Task<string> QueueAsync(HttpClient http, CancellationToken cancellationToken)
    {
        using var queued = await PostAsync(http, cancellationToken);
        return (await queued.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("job_id").GetString()!;
    }

    private static async Task<string> StatusAsync(HttpClient http, string job, int wait, CancellationToken cancellationToken) =>
        (await http.GetFromJsonAsync<JsonElement>($"/batch/jobs/{job}?wait={wait}", cancellationToken)).GetProperty("status").GetString()!;
}
