using BatchWorker.Lifecycle;
using BatchWorker.Monitoring;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Telemetry;
using BatchWorker.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Flow;

/// <summary>Batches that their provider does not end, and doubts that do not end by themselves.</summary>
internal sealed class StuckTests(StoreKind kind) : EachStore(kind)
{
    [Test]
    public async Task One_that_runs_beyond_its_window_is_cancelled_and_what_it_answered_is_kept()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await SubmitAsync(flow, 2);
        var batch = flow.Provider.Batches[0];
        ModelProvider.Move(batch, ProviderPhase.Running);
        await flow.PassAsync(TimeSpan.FromHours(25.5), steps: 51);
        Assert.That(((await flow.BatchAsync(1)).Record.StuckAt, batch.Seen.RawStatus), Is.EqualTo(((DateTimeOffset?)null, nameof(ProviderPhase.Running))));
        await flow.PassAsync(TimeSpan.FromHours(1), steps: 6);
        Assert.That(((await flow.BatchAsync(1)).State, batch.Seen.RawStatus, await SampledAsync(flow)), Is.EqualTo((BatchState.InProgress, "cancelling", 1L)));

        batch.Lines.Remove(ids[1].ToString());
        ModelProvider.Move(batch, ProviderPhase.Cancelled);
        await flow.PassAsync(TimeSpan.FromMinutes(30));
        Assert.That(((await flow.JobAsync(ids[0])).View.State, await SampledAsync(flow)), Is.EqualTo((JobState.Succeeded, 0L)));
        Assert.That(((await flow.JobAsync(ids[1])).View.State, (await flow.JobAsync(ids[1])).View.Record.Attempts), Is.EqualTo((JobState.Queued, 1)), "nobody cancelled the job");
    }

    [Test]
    public async Task One_that_is_cancelling_for_ever_is_given_up_with_what_exists_and_the_rest_is_sent_again()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await SubmitAsync(flow, 2);
        var batch = flow.Provider.Batches[0];
        ModelProvider.Move(batch, ProviderPhase.Running);
        await flow.PassAsync(TimeSpan.FromHours(49), steps: 98);
        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.InProgress));
        batch.Lines.Remove(ids[1].ToString());
        batch.Seen = batch.Seen with { OutputFileId = "file-partial" };
        await flow.PassAsync(TimeSpan.FromHours(2), steps: 8);

        var given = await flow.BatchAsync(1);
        Assert.That((given.State, given.Record.Error!.Code), Is.EqualTo((BatchState.Expired, "batch_stuck")));
        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Succeeded));
        var rest = await flow.JobAsync(ids[1]);
        Assert.That((rest.View.State, rest.History[0].Outcome), Is.EqualTo((JobState.Queued, Outcome.Expired)));
    }

    [Test]
    public async Task One_that_an_operator_cancelled_and_that_never_ends_is_given_up_as_cancelled()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await SubmitAsync(flow, 1);
        ModelProvider.Move(flow.Provider.Batches[0], ProviderPhase.Running);
        await flow.Get<BatchWishes>().CancelAsync(await flow.BatchAsync(1));
        await flow.PassAsync(TimeSpan.FromHours(52), steps: 104);
        Assert.That(((await flow.BatchAsync(1)).State, (await flow.JobAsync(ids[0])).View.State), Is.EqualTo((BatchState.Cancelled, JobState.Cancelled)));
    }

    [Test]
    public async Task One_that_vanished_raises_the_alarm_and_is_never_given_up()
    {
        await using var flow = await FlowHarness.StartAsync();
        await SubmitAsync(flow, 1);
        flow.Provider.Remove(flow.Provider.Batches[0]);
        await flow.PassAsync(TimeSpan.FromHours(80), steps: 160);
        var batch = await flow.BatchAsync(1);
        Assert.That((batch.State, batch.Record.StuckAt is not null, batch.Record.Error!.Code, flow.Provider.Creates), Is.EqualTo((BatchState.Submitted, true, "not_found", 1)));
    }

    [Test]
    public async Task A_status_that_nobody_knows_is_polled_on()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await SubmitAsync(flow, 1);
        flow.Provider.Batches[0].Seen = flow.Provider.Batches[0].Seen with { RawStatus = "pondering", Phase = ProviderPhase.Running };
        await flow.PassAsync(TimeSpan.FromHours(5), steps: 10);
        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.InProgress));
        ModelProvider.Move(flow.Provider.Batches[0], ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromMinutes(30));
        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Succeeded));
    }

    [Test]
    public async Task A_doubt_that_does_not_end_says_what_an_operator_can_do_and_stays()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 2, 0, 0, TimeSpan.Zero));
        await using var flow = await FlowHarness.StartAsync(clock: time, other: new ModelProvider(time) { Name = Provider.Anthropic, TagsBatches = false });
        flow.Provider.CreateFate = _ => (true, new CreateOutcome.Unknown("reset"));
        flow.Provider.OnCreate = () => flow.Provider.AddStranger("theirs");
        await SubmitAsync(flow, 1);
        await flow.PassAsync(TimeSpan.FromHours(25), steps: 50);
        var batch = await flow.BatchAsync(1);
        Assert.That((batch.State, batch.Record.Error!.Code), Is.EqualTo((BatchState.InDoubt, "in_doubt")));
        await flow.PassAsync(TimeSpan.FromHours(2), steps: 8);
        batch = await flow.BatchAsync(1);
        Assert.That((batch.State, batch.Record.Error!.Code, flow.Provider.Creates), Is.EqualTo((BatchState.InDoubt, "quarantined", 1)));
        Assert.That(batch.Record.Error.Message, Does.Contain($"POST /batch/batches/{batch.Record.Id}/resolve").And.Contains(flow.Provider.Batches[0].Seen.Id));
    }

    [Test]
    public async Task A_doubt_whose_listings_fail_for_a_day_says_so_too()
    {
        await using var flow = await FlowHarness.StartAsync();
        flow.Provider.CreateFate = _ => (false, new CreateOutcome.Unknown("time-out"));
        flow.Provider.ReadFailure = () => ModelProvider.Down;
        await SubmitAsync(flow, 1);
        await flow.PassAsync(TimeSpan.FromHours(27), steps: 54);
        var batch = await flow.BatchAsync(1);
        Assert.That((batch.State, batch.Record.Error!.Code), Is.EqualTo((BatchState.InDoubt, "quarantined")));
        flow.Provider.ReadFailure = () => null;
        flow.Provider.CreateFate = _ => (true, null);
        await flow.PassAsync(TimeSpan.FromHours(1), steps: 12);
        Assert.That((await flow.BatchAsync(1)).State.IsWithProvider(), Is.True, "three listings prove it then");
    }

    [Test]
    public async Task Results_that_the_provider_lost_are_asked_for_again_and_again_before_the_jobs_are_run_again()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await SubmitAsync(flow, 2);
        flow.Provider.Batches[0].UnknownUntil = DateTimeOffset.MaxValue;
        ModelProvider.Move(flow.Provider.Batches[0], ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromMinutes(1), steps: 2);
        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.Retrieving));
        await flow.PassAsync(TimeSpan.FromMinutes(10), steps: 20);
        var job = await flow.JobAsync(ids[0]);
        Assert.That(((await flow.BatchAsync(1)).State, job.View.State, job.View.Record.Attempts, job.History[0].Outcome), Is.EqualTo((BatchState.Completed, JobState.Queued, 1, Outcome.Missing)));
    }

    private static async Task<IReadOnlyList<JobId>> SubmitAsync(FlowHarness flow, int jobs)
    {
        var ids = await flow.EnqueueAsync(jobs);
        await flow.DrainAsync();
        await flow.StepAsync();
        return ids;
    }

    private static async Task<long> SampledAsync(FlowHarness flow)
    {
        await ActivatorUtilities.CreateInstance<QueueSampler>(flow.Get<IServiceProvider>()).RunOnceAsync();
        return flow.Get<Instruments>().Sample.StuckBatches;
    }
}
