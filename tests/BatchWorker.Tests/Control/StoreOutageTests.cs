using BatchWorker.Cli;
using BatchWorker.Monitoring;
using BatchWorker.Tests.Cli;
using BatchWorker.Tests.Fixtures;
using StackExchange.Redis;

namespace BatchWorker.Tests.Control;

/// <summary>What callers see while Redis is gone.</summary>
internal sealed class StoreOutageTests
{
    private ConnectionMultiplexer _connection = null!;
    private ControlHost _host = null!;

    [SetUp]
    public async Task StartAndLoseRedis()
    {
        await using var redis = await RedisServer.StartAsync();
        _connection = await ConnectionMultiplexer.ConnectAsync(redis.Address + ",syncTimeout=500,asyncTimeout=500");
        _host = await ControlHost.StartAsync(_connection);
        await _host.Get<QueueSampler>().RunOnceAsync();
    }

    [TearDown]
    public async Task Stop()
    {
        await _host.DisposeAsync();
        await _connection.DisposeAsync();
    }

    [Test]
    public async Task Calls_answer_503_with_retry_after_and_health_says_why()
    {
        using var response = await _host.SendAsync(HttpMethod.Get, "/batch/jobs");
        Assert.That((int)response.StatusCode, Is.EqualTo(503));
        Assert.That(response.Headers.RetryAfter, Is.Not.Null);
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("urn:batchworker:store_unavailable").And.Not.Contain("Exception"));

        using var ready = await _host.SendAsync(HttpMethod.Get, "/health/ready");
        Assert.That((int)ready.StatusCode, Is.EqualTo(503));
        Assert.That((await Spoken.RunAsync("health", "--url", _host.Client.BaseAddress!.ToString())).ExitCode, Is.EqualTo(ExitCodes.No), "the command for shells that can not read a status");
        using var health = await _host.SendAsync(HttpMethod.Get, "/batch/health");
        Assert.That((int)health.StatusCode, Is.EqualTo(503));
        Assert.That(await health.Content.ReadAsStringAsync(), Does.Contain("\"redis\":{\"status\":\"unhealthy\""));
        using var live = await _host.SendAsync(HttpMethod.Get, "/health/live");
        Assert.That((int)live.StatusCode, Is.EqualTo(200));
    }

    [Test]
    public async Task Metrics_go_on_and_tell_that_the_store_is_gone()
    {
        await _host.Get<QueueSampler>().RunOnceAsync();
        using var response = await _host.SendAsync(HttpMethod.Get, "/metrics");
        Assert.That((int)response.StatusCode, Is.EqualTo(200));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Match(@"(?m)^batchworker_store_up(\{\})? 0"));
    }
}
