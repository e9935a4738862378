using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Queue;

internal sealed class CanariesTests(StoreKind kind) : RedisFixture(kind)
{
    private LedgerHarness _ledger = null!;
    private StoppedLifetime _lifetime = null!;
    private StoreGuard _guard = null!;

    [SetUp]
    public async Task Plant()
    {
        _ledger = new LedgerHarness(Redis.Connection, Namespace, configure: options => options with { KeepsCanaries = true });
        _guard = NewGuard();
        Assert.That(await _guard.BeginAsync(), Is.True);
    }

    [Test]
    public async Task A_whole_life_of_jobs_runs_beside_the_canaries()
    {
        await _ledger.EnqueueAsync(Job(), Job(lane: LedgerHarness.Messages), Job());
        Assert.That(await _guard.LookAsync(), Is.True);
        Assert.That(await _ledger.PeekAsync(), Has.Count.EqualTo(2));
        var run = await _ledger.Runs.BeginAsync("api", new RunFilter());
        Assert.That((await _ledger.Runs.OpenAsync(10)).Select(open => open.Id), Is.EqualTo(new[] { run.Id }));

        var batch = await _ledger.ClaimAsync();
        Assert.That((await _ledger.Batches.OpenBatchesAsync()).Select(open => open.Number), Is.EqualTo(new[] { batch.Number }));
        batch = await _ledger.MoveAsync(batch, BatchState.Submitting, BatchState.Submitted, BatchState.Retrieving);
        await _ledger.SettleAsync(batch, _ledger.Succeeded(), _ledger.Ended(Outcome.Failed));

        var counts = await _ledger.Counts.CountAsync();
        Assert.That((counts.Total, counts.Delayed, counts.Dead), Is.EqualTo((1L, 0L, 1L)));
        Assert.That(await _guard.LookAsync(), Is.True);
        Assert.That(_lifetime.HasStopped, Is.False);
    }

    [Test]
    public async Task Every_sorted_set_has_its_canary()
    {
        var batch = await ClaimOneAsync();
        await _ledger.SettleAsync(await _ledger.MoveAsync(batch, BatchState.Submitting, BatchState.Submitted, BatchState.Retrieving), _ledger.Retried());
        await _ledger.EnqueueAsync(Job() with { NotBefore = LedgerHarness.Start.AddHours(1), Deadline = LedgerHarness.Start.AddHours(2) });
        await _guard.LookAsync();

        foreach (var key in (await LedgerKeys.FindAsync(_ledger, Redis.Connection)).Where(key => Database.KeyType(key) == RedisType.SortedSet))
        {
            Assert.That(await Database.SortedSetScoreAsync(key, "canary"), Is.EqualTo(double.PositiveInfinity), key);
        }
    }

    [TestCaseSource(nameof(Losses))]
    public async Task What_the_store_dropped_stops_every_write_and_the_daemon(Func<RedisKeys, RedisKey> lost)
    {
        await _ledger.EnqueueAsync(Job(), Job());
        var waiting = await _ledger.PeekAsync();
        var batch = await _ledger.Batches.OpenAsync(await _ledger.LaneAsync(), null);
        await _guard.LookAsync();
        await Database.KeyDeleteAsync(lost(_ledger.Keys));

        Assert.That(await _guard.LookAsync(), Is.False);
        Assert.That((_guard.HasLost, _lifetime.HasStopped), Is.EqualTo((true, true)));
        Assert.That(async () => await _ledger.Claims.ClaimAsync(batch, waiting), Throws.TypeOf<StoreLostException>());
        Assert.That(async () => await _ledger.EnqueueAsync(1), Throws.TypeOf<StoreLostException>());
        Assert.That(await _guard.LookAsync(), Is.False, "it does not come back");
    }

    [TestCaseSource(nameof(Losses))]
    public async Task What_was_lost_while_the_daemon_was_down_is_noticed_before_it_starts(Func<RedisKeys, RedisKey> lost)
    {
        await _ledger.EnqueueAsync(1);
        await _guard.LookAsync();
        await Database.KeyDeleteAsync(lost(_ledger.Keys));
        Assert.That(await NewGuard().BeginAsync(), Is.False);
    }

    [Test]
    public async Task A_store_that_others_share_is_not_watched()
    {
        var shared = NewLedger(NewNamespace());
        await shared.EnqueueAsync(1);
        var guard = new StoreGuard(shared.Store, new Canaries(shared.Store, shared.Lanes), new StoppedLifetime(), NullLogger<StoreGuard>.Instance);
        Assert.That(await guard.BeginAsync() && await guard.LookAsync(), Is.True);
        Assert.That(await Database.KeyExistsAsync(shared.Keys.Canaries), Is.False);
    }

    private static IEnumerable<TestCaseData> Losses()
    {
        yield return Lost("a queue", keys => keys.Waiting(1));
        yield return Lost("an index", keys => keys.Index(1, JobState.Queued));
        yield return Lost("the due times", keys => keys.Due);
        yield return Lost("the canaries themselves", keys => keys.Canaries);

        static TestCaseData Lost(string name, Func<RedisKeys, RedisKey> key) => new TestCaseData(key).SetArgDisplayNames(name);
    }

    private async Task<OwnedBatch> ClaimOneAsync()
    {
        await _ledger.EnqueueAsync(1);
        return await _ledger.ClaimAsync();
    }

    private StoreGuard NewGuard() => new(_ledger.Store, new Canaries(_ledger.Store, _ledger.Lanes), _lifetime = new StoppedLifetime(), NullLogger<StoreGuard>.Instance);
}
