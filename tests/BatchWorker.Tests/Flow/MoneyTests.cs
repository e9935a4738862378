using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Tests.Flow;

/// <summary>What is paid is in the books: once, to the last digit, and only for answers.</summary>
internal sealed class MoneyTests
{
    /// <summary>gpt-4o: 8 tokens at 2.50, 2 cached ones at 1.25, 5 of output at 10.00 USD per million; half of it in a batch.</summary>
    private const long Realtime = 72_500_000;
    private const long Batch = 36_250_000;
    private const long DayMs = 86_400_000;

    [Test]
    public async Task Every_answer_is_settled_with_its_price_and_counted_in_its_batch_and_its_day()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(3);
        await SubmitAsync(flow);
        await CompleteAsync(flow, 0);
        foreach (var id in ids)
        {
            var outcome = (await flow.JobAsync(id)).Outcome!;
            Assert.That((outcome.RealtimePico, outcome.BatchPico), Is.EqualTo((Realtime, Batch)));
        }
        var totals = (await flow.BatchAsync(1)).Totals;
        Assert.That((totals.RealtimePico, totals.BatchPico, totals.Unpriced), Is.EqualTo((3 * Realtime, 3 * Batch, 0)));
        Assert.That(await DayAsync(flow), Is.EqualTo(totals));
    }

    [Test]
    public async Task What_was_settled_before_a_cut_download_is_counted_once()
    {
        await using var flow = await FlowHarness.StartAsync();
        await flow.EnqueueAsync(5);
        await SubmitAsync(flow);
        flow.Provider.Batches[0].CutAfter = 3;
        await CompleteAsync(flow, 0);
        await flow.PassAsync(TimeSpan.FromMinutes(1));
        var batch = await flow.BatchAsync(1);
        Assert.That((batch.State, batch.Settlements), Is.EqualTo((BatchState.Completed, 2)), "read twice");
        Assert.That((batch.Totals.RealtimePico, batch.Totals.BatchPico), Is.EqualTo((5 * Realtime, 5 * Batch)));
        Assert.That(await DayAsync(flow), Is.EqualTo(batch.Totals));
    }

    [Test]
    public async Task A_model_without_a_known_price_is_unpriced_and_not_free()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(2, model: "acme-unpriced-model");
        await SubmitAsync(flow);
        await CompleteAsync(flow, 0);
        var outcome = (await flow.JobAsync(ids[0])).Outcome!;
        Assert.That((outcome.Outcome, outcome.RealtimePico, outcome.BatchPico), Is.EqualTo((Outcome.Succeeded, (long?)null, (long?)null)));
        var totals = (await flow.BatchAsync(1)).Totals;
        Assert.That((totals.Unpriced, totals.RealtimePico, totals.BatchPico), Is.EqualTo((2, 0L, 0L)));
    }

    [TestCase(Outcome.Failed), TestCase(Outcome.Expired), TestCase(Outcome.Cancelled)]
    public async Task What_did_not_succeed_is_not_billed_whatever_the_line_says(Outcome outcome)
    {
        await using var flow = await FlowHarness.StartAsync();
        var id = (await flow.EnqueueAsync(1, maxAttempts: 1))[0].ToString();
        await SubmitAsync(flow);
        var lines = flow.Provider.Batches[0].Lines;
        lines[id] = lines[id] with { Outcome = outcome, Error = new JobError("some_error", "It did not work.", Retryable: false) };
        await CompleteAsync(flow, 0);
        var totals = (await flow.BatchAsync(1)).Totals;
        Assert.That((totals.Settled, totals.Unpriced, totals.RealtimePico, totals.BatchPico), Is.EqualTo((1, 0, 0L, 0L)));
    }

    [Test]
    public async Task A_count_that_no_request_can_reach_is_not_believed_and_holds_nothing_up()
    {
        await using var flow = await FlowHarness.StartAsync();
        var id = (await flow.EnqueueAsync(1, model: "o1-pro"))[0];
        await SubmitAsync(flow);
        var lines = flow.Provider.Batches[0].Lines;
        lines[id.ToString()] = lines[id.ToString()] with { Usage = new Usage(uint.MaxValue, uint.MaxValue, 0) };
        await CompleteAsync(flow, 0);
        var job = await flow.JobAsync(id);
        Assert.That((job.View.State, job.Outcome!.RealtimePico), Is.EqualTo((JobState.Succeeded, (long?)null)));
        Assert.That((await flow.BatchAsync(1)).Totals.Unpriced, Is.EqualTo(1));
    }

    private static async Task SubmitAsync(FlowHarness flow)
    {
        await flow.DrainAsync();
        await flow.StepAsync();
    }

    private static async Task CompleteAsync(FlowHarness flow, int batch)
    {
        ModelProvider.Move(flow.Provider.Batches[batch], ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromMinutes(1));
    }

    private static async Task<BatchTotals> DayAsync(FlowHarness flow)
    {
        var store = flow.Get<LedgerStore>();
        var batch = await flow.BatchAsync(1);
        return BatchTotals.Unpack(await store.Database.HashGetAsync(store.Keys.Day(store.NowMs / DayMs, batch.Record.LaneNumber), batch.Number)) with { Unknown = null }; // a day has more than a batch
    }
}
