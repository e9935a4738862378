using BatchWorker.Benchmarks;
using BatchWorker.EmbeddedStore;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace BatchWorker.Tests.EmbeddedStore;

/// <summary>The real daemon on its embedded store.</summary>
[Platform(Exclude = "Win", Reason = "Starts the daemon through /bin/sh.")]
internal sealed class DaemonTests
{
    private const int Posts = 24;
    private const int LinesAtOnce = 1_000;

    [Test]
    public async Task Jobs_far_beyond_the_memory_are_all_there_after_a_kill()
    {
        using var daemon = new DaemonProcess(memory: "16m");
        await daemon.StartAsync();
        var accepted = new List<string>();
        for (var post = 0; post < Posts; post++)
        {
            accepted.AddRange(await daemon.Poster.PostLinesAsync($"fill-{post}", LinesAtOnce));
        }
        Assert.That(accepted, Has.Count.EqualTo(Posts * LinesAtOnce));
        Assert.That(SizeOf(Path.Combine(daemon.StoreDirectory, "log")), Is.GreaterThan(16 << 20), "more has spilled than the memory holds");

        daemon.Server.Kill();
        await daemon.StartAsync();
        Assert.That(await daemon.Poster.IdsAsync(), Is.EquivalentTo(accepted));
    }

    [Test]
    public async Task Nothing_that_was_acknowledged_is_lost_when_the_daemon_is_killed_under_load()
    {
        var directory = Directory.CreateTempSubdirectory("bw-store-kills-");
        var kills = new StoreKills(DaemonProcess.Assembly, directory.FullName, "16m", seed: 1, TestContext.Out);
        Assert.That(await kills.RunAsync(rounds: 3), Is.Zero);
        Assert.That(kills.Acknowledged, Is.Positive);
        directory.Delete(recursive: true);
    }

    [Test]
    public async Task A_clean_stop_keeps_everything_and_says_nothing_is_wrong()
    {
        using var daemon = new DaemonProcess();
        await daemon.StartAsync();
        var ids = await daemon.Poster.PostLinesAsync("before", 10);
        Assert.That(await daemon.Server.StopAsync(), Is.Zero);

        await daemon.StartAsync();
        Assert.That(await daemon.Poster.IdsAsync(), Is.EquivalentTo(ids));
        Assert.That(daemon.Log, Does.Contain("one process only").And.Not.Contain("\"LogLevel\":\"Error\"").And.Not.Contain("\"LogLevel\":\"Critical\""));
    }

    [Test]
    public async Task A_store_that_has_jobs_but_no_canaries_is_refused_with_exit_code_70()
    {
        using var daemon = new DaemonProcess();
        Directory.CreateDirectory(daemon.StoreDirectory);
        using (var store = EmbeddedServer.Start(new EmbeddedServerOptions(daemon.StoreDirectory, EmbeddedServerOptions.LeastMemory), NullLoggerFactory.Instance, () => { }))
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions { EndPoints = { store.EndPoint }, Password = store.Password });
            await connection.GetDatabase().HashSetAsync("{bw}:meta", "seq", 1);
            await connection.GetDatabase().ExecuteAsync("COMMITAOF");
        }
        daemon.Server.Start();
        Assert.That(await daemon.Server.EndedAsync(), Is.EqualTo(70));
        Assert.That(daemon.Log, Does.Contain("The store has lost data"));
    }

    [Test]
    public async Task Whoever_does_not_know_the_password_is_refused()
    {
        var directory = Directory.CreateTempSubdirectory("bw-embedded-");
        using (var store = EmbeddedServer.Start(new EmbeddedServerOptions(directory.FullName, EmbeddedServerOptions.LeastMemory), NullLoggerFactory.Instance, () => { }))
        {
            Assert.That(store.EndPoint.Address.ToString(), Is.EqualTo("127.0.0.1"));
            var options = new ConfigurationOptions { EndPoints = { store.EndPoint }, Password = "guessed", ConnectRetry = 0 };
            Assert.That(async () => await ConnectionMultiplexer.ConnectAsync(options), Throws.TypeOf<RedisConnectionException>());
        }
        directory.Delete(recursive: true);
    }

    private static long SizeOf(string directory) => Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
}
