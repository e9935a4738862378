using System.Security.Cryptography;
using BatchWorker.Batching;
using BatchWorker.EmbeddedStore;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace BatchWorker.Tests.EmbeddedStore;

/// <summary>The log of a store of its own, since a checkpoint is of the whole store.</summary>
internal sealed class LogCompactionTests
{
    private DirectoryInfo _directory = null!;
    private EmbeddedServer _server = null!;
    private ConnectionMultiplexer _connection = null!;
    private LedgerHarness _ledger = null!;
    private StoreLog _log = null!;

    [SetUp]
    public async Task Start()
    {
        _directory = Directory.CreateTempSubdirectory("bw-embedded-");
        await OpenAsync();
        _ledger = NewLedger();
    }

    [TearDown]
    public async Task Stop()
    {
        await CloseAsync();
        _directory.Delete(recursive: true);
    }

    [Test]
    public async Task A_log_that_is_too_long_is_replaced_by_a_checkpoint_that_holds_everything()
    {
        var compaction = NewCompaction(new LogLimit(TooLong: 64_000) { Worthwhile = 1_000 });
        await compaction.RunOnceAsync(); // nothing was drained and the log is short
        var ids = await FillAsync(100);
        var before = await _log.SizeAsync();
        Assert.That(before, Is.GreaterThan(64_000));

        await compaction.RunOnceAsync();
        Assert.That(async () => await _log.SizeAsync(), Is.LessThan(before / 4).After(30).Seconds.PollEvery(20));
        await CloseAsync();
        await OpenAsync();
        var again = NewLedger();
        Assert.That((await again.PeekAsync()).Select(job => job.Sequence), Is.EqualTo(ids));
    }

    [Test]
    public async Task A_scheduled_drain_is_followed_by_one_checkpoint()
    {
        var compaction = NewCompaction(new LogLimit(TooLong: long.MaxValue) { Worthwhile = 1_000 });
        await FillAsync(100);
        var before = await _log.SizeAsync();
        await compaction.RunOnceAsync();
        Assert.That(await _log.SizeAsync(), Is.GreaterThanOrEqualTo(before), "no scheduled drain has ended");

        var run = await _ledger.Runs.BeginAsync(ScheduledDrain.Trigger, new RunFilter());
        await _ledger.Runs.SaveAsync(run with { EndedAt = _ledger.Store.Now });
        await compaction.RunOnceAsync();
        Assert.That(async () => await _log.SizeAsync(), Is.LessThan(before / 4).After(30).Seconds.PollEvery(20));

        await FillAsync(100);
        var grown = await _log.SizeAsync();
        await compaction.RunOnceAsync();
        Assert.That(await _log.SizeAsync(), Is.GreaterThanOrEqualTo(grown), "once for each drain");
    }

    private LedgerHarness NewLedger() => new(_connection, "bw", configure: options => options with { ScriptHead = "", FinishingHead = "", CommitsWrites = true });

    private async Task<long[]> FillAsync(int jobs)
    {
        var ids = await _ledger.EnqueueAsync([.. Enumerable.Range(0, jobs).Select(_ => LedgerSteps.Job(data: Convert.ToHexString(RandomNumberGenerator.GetBytes(1_000))))]);
        return [.. ids.Select(id => id.Sequence)];
    }

    private LogCompaction NewCompaction(LogLimit limit)
    {
        var guard = new StoreGuard(_ledger.Store, new Canaries(_ledger.Store, _ledger.Lanes), new StoppedLifetime(), NullLogger<StoreGuard>.Instance);
        return new LogCompaction(_log, guard, _ledger.Runs, limit, NullLogger<LogCompaction>.Instance);
    }

    private async Task OpenAsync()
    {
        _server = EmbeddedServer.Start(new EmbeddedServerOptions(_directory.FullName, EmbeddedServerOptions.LeastMemory), NullLoggerFactory.Instance, () => { });
        _connection = await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions { EndPoints = { _server.EndPoint }, Password = _server.Password, AllowAdmin = true });
        _log = new StoreLog(_connection.GetDatabase());
    }

    private async Task CloseAsync()
    {
        await _log.CommitAsync();
        await _connection.DisposeAsync();
        _server.Dispose();
    }
}
