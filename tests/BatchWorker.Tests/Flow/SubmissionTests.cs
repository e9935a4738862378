using BatchWorker.Batching;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Flow;

/// <summary>The create call and everything that can go wrong before and around it.</summary>
internal sealed class SubmissionTests(StoreKind kind) : EachStore(kind)
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(900);

    [Test]
    public async Task A_lost_answer_to_create_is_adopted_and_never_sent_again()
    {
        await using var flow = await FlowHarness.StartAsync();
        flow.Provider.CreateFate = _ => (true, new CreateOutcome.Unknown("reset"));
        await flow.EnqueueAsync(3);
        await flow.DrainAsync();
        await flow.StepAsync();

        var batch = await flow.BatchAsync(1);
        Assert.That(batch.State, Is.EqualTo(BatchState.Submitted));
        Assert.That(batch.Record.ProviderBatchId, Is.EqualTo(flow.Provider.Batches[0].Seen.Id));
        Assert.That(flow.Provider.Creates, Is.EqualTo(1));
    }

    [Test]
    public async Task A_call_that_got_lost_is_sent_again_only_after_the_grace_and_three_empty_listings()
    {
        await using var flow = await FlowHarness.StartAsync();
        flow.Provider.CreateFate = call => call == 1 ? (false, new CreateOutcome.Unknown("time-out")) : (true, null);
        await flow.EnqueueAsync(3);
        await flow.DrainAsync();
        await flow.StepAsync();
        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.InDoubt));

        await flow.PassAsync(s_grace - TimeSpan.FromSeconds(1), steps: 30);
        Assert.That(flow.Provider.Creates, Is.EqualTo(1), "within the grace");

        await flow.PassAsync(TimeSpan.FromSeconds(120), steps: 4);
        Assert.That(flow.Provider.Creates, Is.EqualTo(2));
        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.Submitted));
    }

    [Test]
    public async Task Listings_that_fail_prove_nothing()
    {
        await using var flow = await FlowHarness.StartAsync();
        flow.Provider.CreateFate = _ => (false, new CreateOutcome.Unknown("time-out"));
        flow.Provider.ReadFailure = () => ModelProvider.Down;
        await flow.EnqueueAsync(1);
        await flow.DrainAsync();
        await flow.PassAsync(s_grace * 3, steps: 40);

        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.InDoubt));
        Assert.That(flow.Provider.Creates, Is.EqualTo(1));
    }

    [Test]
    public async Task A_process_that_ends_during_create_leaves_a_doubt_and_no_second_call()
    {
        await using var flow = await FlowHarness.StartAsync();
        flow.Provider.CreateFate = _ => throw new InvalidOperationException("the process is killed here");
        await flow.EnqueueAsync(2);
        await flow.DrainAsync();
        await flow.StepAsync();
        flow.Provider.CreateFate = _ => (true, null);
        await flow.PassAsync(TimeSpan.FromSeconds(30), steps: 6);

        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.InDoubt));
        Assert.That(flow.Provider.Creates, Is.EqualTo(1));
    }

    [Test]
    public async Task A_drain_that_ends_lets_go_of_no_batch_that_is_being_submitted()
    {
        await using var flow = await FlowHarness.StartAsync();
        await flow.EnqueueAsync(1);
        var lane = (await flow.Get<Lanes>().AllAsync()).Single().Key;
        var job = (await flow.Get<JobClaims>().PeekAsync(lane, double.MinValue, 1)).Single();
        var inHand = flow.Get<BatchesInHand>();
        var drain = new Drain(flow.Get<LaneOpener>(), flow.Get<RunLedger>(), await flow.Get<RunLedger>().BeginAsync("api", new RunFilter()));
        await drain.AddAsync(job);
        await drain.SealAsync();
        Assert.That(inHand.TryTake(1), Is.True, "the room that submits has it now");
        drain.Dispose();
        Assert.That(inHand.TryTake(1), Is.False);
    }

    [Test]
    public async Task An_operator_may_say_that_a_call_did_not_arrive()
    {
        await using var flow = await FlowHarness.StartAsync();
        flow.Provider.CreateFate = call => call == 1 ? (false, new CreateOutcome.Unknown("time-out")) : (true, null);
        await flow.EnqueueAsync(1);
        await flow.DrainAsync();
        await flow.StepAsync();
        Assert.That(await flow.Get<BatchWishes>().ResolveAsync(await flow.BatchAsync(1), ""), Is.True);
        await flow.PassAsync(TimeSpan.FromSeconds(2), steps: 2);

        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.Submitted));
        Assert.That(flow.Provider.Creates, Is.EqualTo(2));
    }

    [Test]
    public async Task An_operator_who_names_the_batch_with_our_tag_is_right()
    {
        await using var flow = await FlowHarness.StartAsync();
        flow.Provider.CreateFate = _ => (true, new CreateOutcome.Unknown("time-out"));
        await flow.EnqueueAsync(1);
        await flow.DrainAsync();
        var batching = flow.Get<BatchingWorker>();
        await batching.RunOnceAsync(CancellationToken.None);
        await batching.WhenIdleAsync();
        var id = flow.Provider.Batches[0].Seen.Id;
        Assert.That(await flow.Get<BatchWishes>().ResolveAsync(await flow.BatchAsync(1), id), Is.True);
        await flow.StepAsync();

        var batch = await flow.BatchAsync(1);
        Assert.That((batch.State, batch.Record.ProviderBatchId, batch.Record.Guess), Is.EqualTo((BatchState.Submitted, id, (SubmitIntent?)null)), "a guess could not be cancelled at the provider");
    }

    [Test]
    public async Task Of_two_batches_that_an_operator_says_are_the_same_one_only_one_is()
    {
        await using var flow = await FlowHarness.StartAsync();
        flow.Provider.CreateFate = _ => (false, new CreateOutcome.Unknown("time-out"));
        await flow.EnqueueAsync(1);
        await flow.EnqueueAsync(1, model: "gpt-4o-mini");
        await flow.DrainAsync();
        await flow.StepAsync();
        var wishes = flow.Get<BatchWishes>();
        var asked = new[] { await wishes.ResolveAsync(await flow.BatchAsync(1), "theirs"), await wishes.ResolveAsync(await flow.BatchAsync(2), "theirs") };
        Assert.That(asked, Is.All.True, "neither was bound when it was asked for");
        await flow.PassAsync(TimeSpan.FromSeconds(2), steps: 2);

        var batches = new[] { await flow.BatchAsync(1), await flow.BatchAsync(2) };
        Assert.That(batches.Select(batch => batch.State), Is.EquivalentTo(new[] { BatchState.Submitted, BatchState.InDoubt }));
        Assert.That(batches.Count(batch => batch.Record.ProviderBatchId == "theirs"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_submission_that_turns_up_late_is_stopped()
    {
        await using var flow = await FlowHarness.StartAsync();
        flow.Provider.CreateFate = call => (true, call == 1 ? new CreateOutcome.Unknown("time-out") : null);
        await flow.EnqueueAsync(1);
        await flow.DrainAsync();
        flow.Provider.HideNext = true;
        await flow.StepAsync();
        await flow.PassAsync(s_grace + TimeSpan.FromSeconds(300), steps: 12);
        Assert.That(flow.Provider.Creates, Is.EqualTo(2));

        flow.Provider.Hidden.Clear();
        await flow.PassAsync(TimeSpan.FromMinutes(2), steps: 2);
        Assert.That(flow.Provider.Batches[0].Seen.RawStatus, Is.EqualTo("cancelling"));
        Assert.That(flow.Provider.Batches[1].Seen.RawStatus, Is.Not.EqualTo("cancelling"));
    }

    [Test]
    public async Task An_upload_that_fails_is_tried_again_and_counts_no_attempt()
    {
        await using var flow = await FlowHarness.StartAsync();
        var failures = 3;
        flow.Provider.UploadFailure = () => failures-- > 0 ? ModelProvider.Down : null;
        var ids = await flow.EnqueueAsync(1);
        await flow.DrainAsync();
        await flow.PassAsync(TimeSpan.FromSeconds(60), steps: 20);

        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Submitted));
        Assert.That((await flow.JobAsync(ids[0])).View.Record.Attempts, Is.Zero);
    }

    [Test]
    public async Task A_wrong_key_pauses_the_provider_and_loses_nothing()
    {
        await using var flow = await FlowHarness.StartAsync();
        flow.Provider.CreateFate = call => call == 1 ? (false, Rejected(FailureKind.Unauthorized)) : (true, null);
        await flow.EnqueueAsync(2);
        await flow.DrainAsync();
        await flow.PassAsync(TimeSpan.FromSeconds(30), steps: 6);
        Assert.That(flow.Provider.Creates, Is.EqualTo(1));
        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.Submitting));

        await flow.Get<Polling.ProviderProbes>().RunOnceAsync(CancellationToken.None);
        await flow.PassAsync(TimeSpan.FromSeconds(10), steps: 4);
        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.Submitted));
    }

    [Test]
    public async Task Too_many_requests_wait_as_long_as_the_provider_asks()
    {
        await using var flow = await FlowHarness.StartAsync();
        flow.Provider.CreateFate = call => call == 1 ? (false, Rejected(FailureKind.Throttled, TimeSpan.FromSeconds(40))) : (true, null);
        await flow.EnqueueAsync(1);
        await flow.DrainAsync();
        await flow.StepAsync();
        await flow.PassAsync(TimeSpan.FromSeconds(38), steps: 10);
        Assert.That(flow.Provider.Creates, Is.EqualTo(1));
        await flow.PassAsync(TimeSpan.FromSeconds(5), steps: 3);
        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.Submitted));
    }

    [Test]
    public async Task A_refused_batch_ends_its_jobs_with_the_providers_reason_and_no_attempt()
    {
        await using var flow = await FlowHarness.StartAsync();
        flow.Provider.CreateFate = _ => (false, Rejected(FailureKind.Refused));
        var ids = await flow.EnqueueAsync(2);
        await flow.DrainAsync();
        await flow.PassAsync(TimeSpan.FromSeconds(2), steps: 2);

        var job = await flow.JobAsync(ids[0]);
        Assert.That(job.View.State, Is.EqualTo(JobState.Failed));
        Assert.That(job.Code, Is.EqualTo("refused"));
        Assert.That(job.View.Record.Attempts, Is.Zero);
        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.Failed));
    }

    [Test]
    public async Task A_batch_cancelled_before_its_create_call_sends_nothing()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(2);
        await flow.DrainAsync();
        Assert.That(await flow.Get<BatchWishes>().CancelAsync(await flow.BatchAsync(1)), Is.True);
        await flow.PassAsync(TimeSpan.FromSeconds(2), steps: 2);

        Assert.That(flow.Provider.Creates, Is.Zero);
        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.Cancelled));
        Assert.That((await flow.JobAsync(ids[1])).View.State, Is.EqualTo(JobState.Cancelled));
    }

    [Test]
    public async Task A_batch_that_a_drain_fills_is_left_alone()
    {
        await using var flow = await FlowHarness.StartAsync();
        await flow.EnqueueAsync(1);
        var run = await flow.Get<RunLedger>().BeginAsync("api", new RunFilter());
        var job = (await flow.Get<JobClaims>().PeekAsync(1, double.NegativeInfinity, 1))[0];
        var fill = await flow.Get<LaneOpener>().OpenAsync(run, job.Record);
        await flow.StepAsync();

        await fill.AddAsync(job);
        Assert.That(await fill.SealAsync(), Is.True);
        Assert.That((await flow.BatchAsync(1)).Claimed, Is.EqualTo(1));
    }

    private static CreateOutcome.Rejected Rejected(FailureKind kind, TimeSpan? retryAfter = null) =>
        new(new ProviderFailure(kind, kind.ToString().ToLowerInvariant(), "The provider says no.", retryAfter));
}
