using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Queue;

/// <summary>A price that comes late is entered everywhere, once.</summary>
internal sealed class RepricingTests(StoreKind kind) : RedisFixture(kind)
{
    [Test]
    public async Task The_job_its_batch_and_its_days_get_the_price_and_nothing_is_counted_twice()
    {
        var (ledger, batch) = await ArrangeAsync();
        var repricing = Repricing(ledger);
        Assert.That(await repricing.RepriceAsync(batch, _ => null), Is.Empty, "still unknown");
        Assert.That((await repricing.UnpricedAsync(0, 10)).Batches.Select(found => found.Number), Is.EqualTo(new[] { batch.Number }));

        var done = await repricing.RepriceAsync(batch, PriceOf);
        Assert.That(done.Select(answer => answer.Position), Is.EqualTo(new[] { 1, 2 }));
        await CompareAsync(ledger, batch.Number);
        Assert.That((await repricing.UnpricedAsync(0, 10)).Batches, Is.Empty);
        Assert.That(await repricing.RepriceAsync(batch, PriceOf), Is.Empty);
        await CompareAsync(ledger, batch.Number);
    }

    [Test]
    public async Task A_correction_that_was_cut_off_is_finished_by_the_next_one() => await CutOffScript.AtEveryWriteAsync(
        () => ArrangeAsync(),
        async (ledger, batch) => await Repricing(ledger).RepriceAsync(batch, PriceOf),
        async (ledger, batch) =>
        {
            foreach (var found in (await Repricing(ledger).UnpricedAsync(0, 10)).Batches)
            {
                await Repricing(ledger).RepriceAsync(found, PriceOf);
            }
            foreach (var found in (await Repricing(ledger).UnpricedAsync(0, 10)).Batches)
            {
                await Repricing(ledger).RepriceAsync(found, PriceOf);
            }
            await CompareAsync(ledger, batch.Number);
        });

    [Test]
    public async Task A_batch_that_has_not_ended_waits_for_its_end()
    {
        var ledger = NewLedger();
        await ledger.EnqueueAsync(2);
        await ledger.SettleAsync(await ledger.ClaimAsync(), Unpriced(ledger));
        Assert.That((await Repricing(ledger).UnpricedAsync(0, 10)).Batches, Is.Empty);
    }

    /// <summary>An ended batch over two days: one answer with a price on the first, one without on each.</summary>
    private async Task<(LedgerHarness Ledger, OwnedBatch Batch)> ArrangeAsync()
    {
        var ledger = NewLedger(NewNamespace());
        await ledger.EnqueueAsync(3);
        var batch = await ledger.MoveAsync(await ledger.ClaimAsync(), BatchState.Submitting, BatchState.Submitted, BatchState.Retrieving);
        batch = (await ledger.SettleAsync(batch, ledger.Succeeded(), Unpriced(ledger)))!;
        ledger.Time.Advance(TimeSpan.FromDays(1));
        var manifest = await ledger.Claims.ManifestAsync(batch.Number, 0);
        batch = (await ledger.Settlements.SettleAsync(batch, [new Settlement(2, manifest[2], Unpriced(ledger) with { Settlement = 2 })]))!;
        batch = await ledger.MoveAsync(batch, BatchState.Completed);
        Assert.That((await ledger.Books.ReadAsync()).Select(day => day.Sum.Unpriced), Is.EqualTo(new[] { 1, 1 }));
        return (ledger, batch);
    }

    /// <summary>2,000 and 1,000 of the answer that had a price, 700 and 300 of each other.</summary>
    private static async Task CompareAsync(LedgerHarness ledger, long number)
    {
        var jobs = (await ledger.Settlements.OutcomesAsync(number, 0)).Select(outcome => (outcome!.RealtimePico, outcome.BatchPico));
        Assert.That(jobs, Is.EqualTo(new[] { (2_000L, 1_000L), (700L, 300L), ((long?)700L, (long?)300L) }));
        var totals = (await ledger.Batches.ReadAsync(number))!.Totals;
        Assert.That((totals.Unpriced, totals.RealtimePico, totals.BatchPico, totals.Succeeded), Is.EqualTo((0, 3_400L, 1_600L, 3)));
        var days = (await ledger.Books.ReadAsync()).Select(day => (day.Sum.Unpriced, day.Sum.RealtimePico, day.Sum.BatchPico, day.Sum.Succeeded));
        Assert.That(days, Is.EqualTo(new[] { (0, 2_700L, 1_300L, 2), (0, 700L, 300L, 1) }));
    }

    private static (long Realtime, long Batch)? PriceOf(OutcomeRecord answer) => (700, 300);

    private static OutcomeRecord Unpriced(LedgerHarness ledger) => ledger.Succeeded() with { RealtimePico = null, BatchPico = null };

    private static Repricing Repricing(LedgerHarness ledger) => new(ledger.Store, ledger.Batches, ledger.Claims, ledger.Settlements);
}
