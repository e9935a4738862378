using BatchWorker.Lifecycle;
using BatchWorker.Monitoring;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;

namespace BatchWorker.Tests.Monitoring;

/// <summary>What the ledger holds becomes alerts, one set for all replicas that outlives them.</summary>
internal sealed class AlertWatchTests(StoreKind kind) : RedisFixture(kind)
{
    private static readonly AlertOptions s_options = new() { QueueSize = 3, SavingsStep = 0.000_000_001m, StaleHours = 1 };

    [Test]
    public async Task Facts_of_the_ledger_raise_alerts_that_another_replica_goes_on_with()
    {
        var ledger = NewLedger();
        await ledger.EnqueueAsync(10);
        var paid = (await ledger.SettleAsync(await Submitted(ledger, 2), ledger.Succeeded(), ledger.Succeeded() with { RealtimePico = null, BatchPico = null }))!;
        await ledger.MoveAsync(paid, BatchState.Completed);
        var stale = await ledger.ClaimAsync(most: 1);
        ledger.Time.Advance(TimeSpan.FromHours(2));
        await Watch(ledger).RunOnceAsync();
        var raised = (await new AlertLedger(ledger.Store).ReadAsync()).Active;
        Assert.That(raised.Select(alert => alert.Type), Is.EquivalentTo(new[] { AlertRules.LargeQueue, AlertRules.SavingsMilestone, AlertRules.StaleBatch, AlertRules.UnpricedAnswers }));
        Assert.That(raised.Single(alert => alert.Type == AlertRules.StaleBatch).Subject, Is.EqualTo(stale.Record.Id));

        var other = ledger.Replica("two");
        ledger.Time.Advance(TimeSpan.FromMinutes(1));
        await Task.WhenAll(Watch(other).RunOnceAsync(), Watch(ledger).RunOnceAsync());
        var again = (await new AlertLedger(other.Store).ReadAsync()).Active;
        Assert.That(again.Select(alert => (alert.Id, alert.Since)), Is.EquivalentTo(raised.Select(alert => (alert.Id, alert.Since))), "not raised again");
    }

    [Test]
    public async Task Batches_that_failed_in_the_last_day_are_counted_and_older_ones_are_not()
    {
        var ledger = NewLedger();
        await EndAsync(ledger, BatchState.Failed, 1);
        ledger.Time.Advance(TimeSpan.FromHours(25));
        await EndAsync(ledger, BatchState.Completed, 5);
        await Watch(ledger).RunOnceAsync();
        Assert.That((await new AlertLedger(ledger.Store).ReadAsync()).Active, Is.Empty);
        await EndAsync(ledger, BatchState.Failed, 1);
        await Watch(ledger).RunOnceAsync();
        var alert = (await new AlertLedger(ledger.Store).ReadAsync()).Active.Single();
        Assert.That((alert.Type, alert.Value), Is.EqualTo((AlertRules.HighFailureRate, 16.67m)));
    }

    private static AlertWatch Watch(LedgerHarness ledger) => new(
        new AlertSources(ledger.Batches, new EndedBatches(ledger.Store), new DriftingBatches(ledger.Store, ledger.Batches), ledger.Books, ledger.Counts), new AlertLedger(ledger.Store), s_options, ledger.Time, NullLogger<AlertWatch>.Instance);

    private static async Task<OwnedBatch> Submitted(LedgerHarness ledger, int jobs) =>
        await ledger.MoveAsync(await ledger.ClaimAsync(most: jobs), BatchState.Submitting, BatchState.Submitted, BatchState.Retrieving);

    private static async Task EndAsync(LedgerHarness ledger, BatchState state, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await ledger.EnqueueAsync(1);
            var batch = await Submitted(ledger, 1);
            await ledger.MoveAsync((await ledger.SettleAsync(batch, ledger.Ended(Outcome.Cancelled)))!, state);
        }
    }
}
