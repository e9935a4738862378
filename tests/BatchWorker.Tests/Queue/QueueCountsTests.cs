using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Queue;

internal sealed class QueueCountsTests(StoreKind kind) : RedisFixture(kind)
{
    [Test]
    public async Task Waiting_jobs_are_counted_by_lane_and_priority_with_the_delayed_ones_and_the_oldest()
    {
        var ledger = NewLedger();
        await ledger.EnqueueAsync(Job(1));
        ledger.Time.Advance(TimeSpan.FromMinutes(5));
        await ledger.EnqueueAsync(Job(10), Job(10), Job(5) with { NotBefore = LedgerHarness.Start.AddDays(1) }, Job(3, LedgerHarness.Messages));
        var counts = await ledger.Counts.CountAsync();
        Assert.That(counts.Total, Is.EqualTo(5));
        Assert.That(counts.Delayed, Is.EqualTo(1));
        Assert.That(counts.OldestMs, Is.EqualTo(LedgerHarness.Start.ToUnixTimeMilliseconds()));
        Assert.That(counts.Lanes.Select(lane => lane.Lane), Is.EqualTo(new[] { LedgerHarness.Chat, LedgerHarness.Messages }));
        Assert.That(counts.Lanes[0].ByPriority, Is.EqualTo(new long[] { 1, 0, 0, 0, 1, 0, 0, 0, 0, 2 }));
    }

    [Test]
    public async Task An_empty_ledger_counts_nothing()
    {
        var counts = await NewLedger().Counts.CountAsync();
        Assert.That((counts.Total, counts.Delayed, counts.Dead, counts.OldestMs), Is.EqualTo((0L, 0L, 0L, (long?)null)));
    }

    [Test]
    public async Task A_recount_brings_the_guard_of_intake_back_to_the_queues()
    {
        var ledger = NewLedger();
        await ledger.EnqueueAsync(3);
        await ledger.Database.HashSetAsync(ledger.Keys.Meta, LedgerFields.Waiting, 77);
        await ledger.Counts.RecountAsync();
        Assert.That((long)await ledger.Database.HashGetAsync(ledger.Keys.Meta, LedgerFields.Waiting), Is.EqualTo(3));
    }
}
