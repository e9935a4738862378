using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Tests.Flow;

/// <summary>Batches that end without an answer to anybody, as Gemini's may.</summary>
internal sealed class WholeBatchTests
{
    private static readonly CreateOutcome.Rejected s_exhausted =
        new(new ProviderFailure(FailureKind.Throttled, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", TimeSpan.FromSeconds(20)));

    [Test]
    public async Task A_batch_that_expires_with_nothing_counts_an_attempt_of_each_job_until_there_are_none()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(2, maxAttempts: 2);
        await flow.DrainAsync();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            await flow.StepAsync();
            flow.Provider.Batches[attempt].Lines.Clear();
            ModelProvider.Move(flow.Provider.Batches[attempt], ProviderPhase.Expired);
            await flow.PassAsync(TimeSpan.FromMinutes(8), steps: 8);
            await flow.DrainAsync("carry_over");
        }

        Assert.That(flow.Provider.Batches, Has.Count.EqualTo(2));
        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.Expired));
        foreach (var id in ids)
        {
            var job = await flow.JobAsync(id);
            Assert.That((job.View.State, job.View.Record.Attempts, job.Code), Is.EqualTo((JobState.Failed, 2, "batch_expired")));
            Assert.That(job.History.Select(line => line.Outcome), Is.EqualTo(new[] { Outcome.Expired, Outcome.Expired }));
        }
    }

    [Test]
    public async Task A_breakdown_sends_many_jobs_again_in_smaller_batches_and_counts_no_attempt()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(4);
        await FailAsync(flow, 0, "INTERNAL");
        Assert.That((await flow.JobAsync(ids[0])).View.Record.Attempts, Is.Zero);
        await flow.DrainAsync("carry_over");
        await flow.StepAsync();
        Assert.That(flow.Provider.Batches.Skip(1).Select(batch => batch.CustomIds.Count), Is.EqualTo(new[] { 2, 2 }));
    }

    [TestCase("INTERNAL"), TestCase("UNAVAILABLE"), TestCase("UNKNOWN"), TestCase("ABORTED"), TestCase("DEADLINE_EXCEEDED")]
    public async Task A_breakdown_over_a_single_job_is_an_attempt_and_not_the_jobs_fault(string code)
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(1, maxAttempts: 2);
        await FailAsync(flow, 0, code);
        var job = await flow.JobAsync(ids[0]);
        Assert.That((job.View.State, job.View.Record.Attempts, job.History[0].Outcome), Is.EqualTo((JobState.Queued, 1, Outcome.Failed)));

        await flow.PassAsync(TimeSpan.FromMinutes(2));
        await FailAsync(flow, 1, code);
        job = await flow.JobAsync(ids[0]);
        Assert.That((job.View.State, job.View.Record.Attempts, job.Code), Is.EqualTo((JobState.Failed, 2, code)));
    }

    [Test]
    public async Task A_single_job_that_is_refused_ends_with_the_reason()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(1);
        await FailAsync(flow, 0, "INVALID_ARGUMENT");
        var job = await flow.JobAsync(ids[0]);
        Assert.That((job.View.State, job.View.Record.Attempts, job.Code), Is.EqualTo((JobState.Failed, 0, "INVALID_ARGUMENT")));
    }

    [Test]
    public async Task A_batch_that_failed_for_want_of_room_waits_and_loses_no_attempt()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(2);
        await FailAsync(flow, 0, "RESOURCE_EXHAUSTED");
        var job = (await flow.JobAsync(ids[0])).View.Record;
        Assert.That((job.State, job.Attempts, job.Has(JobFlags.NoRoom)), Is.EqualTo((JobState.Queued, 0, true)));
    }

    [Test]
    public async Task A_failed_batch_that_has_answers_after_all_has_them_stored()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(2);
        await flow.DrainAsync();
        await flow.StepAsync();
        var batch = flow.Provider.Batches[0];
        batch.Lines.Remove(ids[1].ToString());
        ModelProvider.Move(batch, ProviderPhase.Failed, new ProviderError(null, "INTERNAL", "It broke."));
        batch.Seen = batch.Seen with { OutputFileId = "files/batch-1" };
        await flow.PassAsync(TimeSpan.FromMinutes(1));

        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Succeeded));
        Assert.That((await flow.JobAsync(ids[1])).View.State, Is.EqualTo(JobState.Queued));
    }

    [Test]
    public async Task A_batch_larger_than_all_room_is_halved_after_some_waiting()
    {
        await using var flow = await FlowHarness.StartAsync();
        flow.Provider.CreateFate = call => call <= 4 ? (false, s_exhausted) : (true, null);
        var ids = await flow.EnqueueAsync(4);
        await flow.DrainAsync();
        await flow.PassAsync(TimeSpan.FromSeconds(55), steps: 11);
        Assert.That((flow.Provider.Creates, (await flow.BatchAsync(1)).State), Is.EqualTo((3, BatchState.Submitting)));

        await flow.PassAsync(TimeSpan.FromSeconds(30), steps: 6);
        var ended = await flow.BatchAsync(1);
        Assert.That((flow.Provider.Creates, ended.State, ended.Record.Error?.Code), Is.EqualTo((4, BatchState.Failed, "RESOURCE_EXHAUSTED")));
        Assert.That((await flow.JobAsync(ids[0])).View.Record.Attempts, Is.Zero);

        await flow.PassAsync(TimeSpan.FromSeconds(61), steps: 2);
        await flow.DrainAsync("carry_over");
        await flow.StepAsync();
        Assert.That(flow.Provider.Batches.Select(batch => batch.CustomIds.Count), Is.EqualTo(new[] { 2, 2 }));
    }

    [Test]
    public async Task A_batch_whose_room_others_take_waits_for_them()
    {
        await using var flow = await FlowHarness.StartAsync();
        flow.Provider.CreateFate = call => call == 1 ? (true, null) : (false, s_exhausted);
        await flow.EnqueueAsync(1);
        await flow.DrainAsync();
        await flow.StepAsync();
        await flow.EnqueueAsync(4);
        await flow.DrainAsync();
        await flow.PassAsync(TimeSpan.FromSeconds(200), steps: 20);
        Assert.That((await flow.BatchAsync(2)).State, Is.EqualTo(BatchState.Submitting));
        Assert.That(flow.Provider.Creates, Is.GreaterThan(6));
    }

    private static async Task FailAsync(FlowHarness flow, int batch, string code)
    {
        await flow.DrainAsync(batch == 0 ? "api" : "carry_over");
        await flow.StepAsync();
        ModelProvider.Move(flow.Provider.Batches[batch], ProviderPhase.Failed, new ProviderError(null, code, "It failed."));
        await flow.PassAsync(TimeSpan.FromMinutes(1));
    }
}
