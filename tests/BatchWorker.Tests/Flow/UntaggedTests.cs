using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Flow;

/// <summary>A create call of unknown outcome where the provider keeps no tag: whose is what the list shows?</summary>
internal sealed class UntaggedTests
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(900);

    [Test]
    public async Task One_candidate_is_adopted_and_confirmed_by_its_results()
    {
        await using var flow = await StartAsync();
        flow.Provider.CreateFate = _ => (true, new CreateOutcome.Unknown("reset"));
        var ids = await flow.EnqueueAsync(3);
        await SubmitAsync(flow);

        var guessed = await flow.BatchAsync(1);
        Assert.That((guessed.State, guessed.Record.ProviderBatchId, guessed.Record.Guess is not null), Is.EqualTo((BatchState.Submitted, flow.Provider.Batches[0].Seen.Id, true)));

        await CompleteAsync(flow, flow.Provider.Batches[0]);
        var ended = await flow.BatchAsync(1);
        Assert.That((ended.State, ended.Record.Guess, ended.Totals.Succeeded), Is.EqualTo((BatchState.Completed, (SubmitIntent?)null, 3)));
        Assert.That((await flow.JobAsync(ids[2])).View.State, Is.EqualTo(JobState.Succeeded));
        Assert.That(flow.Provider.Creates, Is.EqualTo(1));
    }

    [Test]
    public async Task A_guess_that_the_provider_forgets_is_in_doubt_again_until_an_operator_decides()
    {
        await using var flow = await StartAsync();
        flow.Provider.CreateFate = call => (true, call == 1 ? new CreateOutcome.Unknown("reset") : null);
        var ids = await flow.EnqueueAsync(2);
        await SubmitAsync(flow);
        var forgotten = flow.Provider.Batches[0];
        flow.Provider.Remove(forgotten);
        await flow.PassAsync(s_grace * 8, steps: 60);

        var doubtful = await flow.BatchAsync(1);
        Assert.That((doubtful.State, flow.Provider.Creates), Is.EqualTo((BatchState.InDoubt, 1)), "it may have been ours, and paid");
        Assert.That(doubtful.Record.Error!.Message, Does.Contain(forgotten.Seen.Id));

        Assert.That(await flow.Get<BatchWishes>().ResolveAsync(doubtful, ""), Is.True);
        await flow.PassAsync(TimeSpan.FromMinutes(2));
        await CompleteAsync(flow, flow.Provider.Batches[0]);
        Assert.That((await flow.JobAsync(ids[1])).View.State, Is.EqualTo(JobState.Succeeded));
    }

    [Test]
    public async Task A_strangers_batch_is_given_back_unused_and_the_lost_call_sent_again_in_the_end()
    {
        await using var flow = await StartAsync();
        flow.Provider.CreateFate = call => call == 1 ? (false, new CreateOutcome.Unknown("time-out")) : (true, null);
        var ids = await flow.EnqueueAsync(2);
        await flow.DrainAsync();
        flow.Provider.OnCreate = () => flow.Provider.AddStranger("theirs-1", "theirs-2");
        await flow.StepAsync();
        flow.Provider.OnCreate = null;
        var stranger = flow.Provider.Batches[0];
        Assert.That((await flow.BatchAsync(1)).Record.ProviderBatchId, Is.EqualTo(stranger.Seen.Id));
        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Submitted));

        ModelProvider.Move(stranger, ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromMinutes(2), steps: 2);
        var doubtful = await flow.BatchAsync(1);
        Assert.That((doubtful.State, doubtful.Record.ProviderBatchId, doubtful.Totals.Settled), Is.EqualTo((BatchState.InDoubt, (string?)null, 0)));
        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Batched));
        Assert.That(flow.Provider.Creates, Is.EqualTo(1));

        await flow.PassAsync(s_grace * 2, steps: 20);
        Assert.That(flow.Provider.Creates, Is.EqualTo(2));
        await CompleteAsync(flow, flow.Provider.Batches[1]);
        Assert.That((await flow.JobAsync(ids[1])).View.State, Is.EqualTo(JobState.Succeeded));
        Assert.That(stranger.Seen.RawStatus, Is.Not.EqualTo("cancelling"));
    }

    [Test]
    public async Task Ours_is_found_after_a_stranger_was_taken_for_it()
    {
        await using var flow = await StartAsync();
        flow.Provider.CreateFate = _ => (true, new CreateOutcome.Unknown("reset"));
        var ids = await flow.EnqueueAsync(1);
        await flow.DrainAsync();
        flow.Provider.HideNext = true;
        flow.Provider.OnCreate = () => flow.Provider.AddStranger("theirs");
        await flow.StepAsync();
        ModelProvider.Move(flow.Provider.Batches[0], ProviderPhase.Completed);
        flow.Provider.Hidden.Clear();
        await flow.PassAsync(TimeSpan.FromMinutes(3));

        Assert.That((await flow.BatchAsync(1)).Record.ProviderBatchId, Is.EqualTo(flow.Provider.Batches[1].Seen.Id));
        await CompleteAsync(flow, flow.Provider.Batches[1]);
        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Succeeded));
        Assert.That(flow.Provider.Creates, Is.EqualTo(1));
    }

    [Test]
    public async Task Of_several_none_is_touched_until_their_results_decide()
    {
        await using var flow = await StartAsync();
        flow.Provider.CreateFate = _ => (true, new CreateOutcome.Unknown("reset"));
        var ids = await flow.EnqueueAsync(1);
        await flow.DrainAsync();
        flow.Provider.OnCreate = () => flow.Provider.AddStranger("theirs");
        await flow.StepAsync();
        await flow.PassAsync(s_grace * 4, steps: 20);

        var waiting = await flow.BatchAsync(1);
        Assert.That((waiting.State, flow.Provider.Creates), Is.EqualTo((BatchState.InDoubt, 1)));
        Assert.That(waiting.Record.Error!.Message, Does.Contain(flow.Provider.Batches[0].Seen.Id).And.Contain(flow.Provider.Batches[1].Seen.Id));
        Assert.That(flow.Provider.Batches.Select(batch => batch.Seen.RawStatus), Has.None.EqualTo("cancelling"));

        ModelProvider.Move(flow.Provider.Batches[1], ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromMinutes(10), steps: 6);
        var ended = await flow.BatchAsync(1);
        Assert.That((ended.State, ended.Record.ProviderBatchId), Is.EqualTo((BatchState.Completed, flow.Provider.Batches[1].Seen.Id)));
        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Succeeded));
    }

    [Test]
    public async Task A_batch_that_names_ours_and_others_waits_for_an_operator()
    {
        await using var flow = await StartAsync();
        flow.Provider.CreateFate = _ => (true, new CreateOutcome.Unknown("reset"));
        await flow.EnqueueAsync(2);
        await SubmitAsync(flow);
        var batch = flow.Provider.Batches[0];
        batch.Lines[batch.CustomIds[0]] = batch.Lines[batch.CustomIds[0]] with { CustomId = "job_of_nobody" };
        ModelProvider.Move(batch, ProviderPhase.Completed);
        await flow.PassAsync(s_grace * 6, steps: 30);
        Assert.That(((await flow.BatchAsync(1)).State, flow.Provider.Creates), Is.EqualTo((BatchState.InDoubt, 1)));

        Assert.That(await flow.Get<BatchWishes>().ResolveAsync(await flow.BatchAsync(1), batch.Seen.Id), Is.True);
        await flow.PassAsync(TimeSpan.FromMinutes(3), steps: 6);
        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.Completed));
    }

    [Test]
    public async Task An_operators_slip_is_noticed_before_anything_is_taken_from_the_wrong_batch()
    {
        await using var flow = await StartAsync();
        flow.Provider.CreateFate = _ => (false, new CreateOutcome.Unknown("time-out"));
        await flow.EnqueueAsync(1);
        await SubmitAsync(flow);
        var other = flow.Provider.AddStranger("theirs-1", "theirs-2");
        ModelProvider.Move(other, ProviderPhase.Completed);
        await flow.Get<BatchWishes>().ResolveAsync(await flow.BatchAsync(1), other.Seen.Id);
        await flow.PassAsync(TimeSpan.FromMinutes(3), steps: 6);

        var batch = await flow.BatchAsync(1);
        Assert.That((batch.State, batch.Totals.Settled, flow.Provider.Creates), Is.EqualTo((BatchState.InDoubt, 0, 1)));
        Assert.That(batch.Record.Intent!.Foreign, Is.EqualTo(new[] { other.Seen.Id }));
    }

    [Test]
    public async Task A_batch_of_ours_is_no_candidate_for_another()
    {
        await using var flow = await StartAsync();
        flow.Provider.ForgetsWatermark = true;
        flow.Provider.CreateFate = call => call == 2 ? (false, new CreateOutcome.Unknown("time-out")) : (true, null);
        await flow.EnqueueAsync(1);
        await SubmitAsync(flow);
        await flow.EnqueueAsync(1);
        await SubmitAsync(flow);

        var second = await flow.BatchAsync(2);
        Assert.That((second.State, second.Record.Intent!.EmptyListings), Is.EqualTo((BatchState.InDoubt, 1)));
    }

    [Test]
    public async Task While_a_create_call_has_no_known_outcome_no_replica_begins_another()
    {
        var (ns, time) = (SharedRedis.NewNamespace(), new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 2, 0, 0, TimeSpan.Zero)));
        await using var flow = await StartAsync(ns, time);
        await using var replica = await FlowHarness.StartAsync(ns, time, flow.Provider, owner: "replica-2");
        flow.Provider.CreateFate = call => call == 1 ? (false, new CreateOutcome.Unknown("time-out")) : (true, null);
        await flow.EnqueueAsync(1);
        await SubmitAsync(flow);
        await replica.EnqueueAsync(1, model: "claude-2");
        await replica.DrainAsync();
        await PassAsync((s_grace - TimeSpan.FromSeconds(1)) / 30, steps: 30);
        Assert.That(((await flow.BatchAsync(1)).State, (await flow.BatchAsync(2)).State, flow.Provider.Creates), Is.EqualTo((BatchState.InDoubt, BatchState.Submitting, 1)));

        await PassAsync(TimeSpan.FromSeconds(30), steps: 20);
        Assert.That(((await flow.BatchAsync(1)).State.IsWithProvider(), (await flow.BatchAsync(2)).State.IsWithProvider(), flow.Provider.Creates), Is.EqualTo((true, true, 3)));

        // whoever looks first puts off what the other one holds, so they take turns
        async Task PassAsync(TimeSpan step, int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                time.Advance(step);
                await (i % 2 == 0 ? flow : replica).StepAsync();
                await (i % 2 == 0 ? replica : flow).StepAsync();
            }
        }
    }

    [Test]
    public async Task After_a_guess_others_wait_for_the_end_of_the_grace()
    {
        await using var flow = await StartAsync();
        flow.Provider.CreateFate = call => (true, call == 1 ? new CreateOutcome.Unknown("reset") : null);
        await flow.EnqueueAsync(1);
        await SubmitAsync(flow);
        await flow.EnqueueAsync(2);
        await flow.DrainAsync();
        await flow.PassAsync(s_grace - TimeSpan.FromSeconds(5), steps: 20);
        Assert.That(((await flow.BatchAsync(1)).State, (await flow.BatchAsync(2)).State), Is.EqualTo((BatchState.InProgress, BatchState.Submitting)).Or.EqualTo((BatchState.Submitted, BatchState.Submitting)));

        await flow.PassAsync(TimeSpan.FromSeconds(20), steps: 5);
        Assert.That((await flow.BatchAsync(2)).State, Is.EqualTo(BatchState.Submitted));
    }

    [Test]
    public async Task A_guess_that_is_confirmed_lets_the_others_go_on()
    {
        await using var flow = await StartAsync();
        flow.Provider.CreateFate = call => (true, call == 1 ? new CreateOutcome.Unknown("reset") : null);
        await flow.EnqueueAsync(1);
        await SubmitAsync(flow);
        await flow.EnqueueAsync(2);
        await flow.DrainAsync();
        await CompleteAsync(flow, flow.Provider.Batches[0]);
        await flow.PassAsync(TimeSpan.FromSeconds(10), steps: 3);
        Assert.That((await flow.BatchAsync(2)).State, Is.EqualTo(BatchState.Submitted));
    }

    [Test]
    public async Task A_guess_is_not_cancelled_at_the_provider_since_it_may_be_somebody_elses()
    {
        await using var flow = await StartAsync();
        flow.Provider.CreateFate = _ => (true, new CreateOutcome.Unknown("reset"));
        await flow.EnqueueAsync(1);
        await SubmitAsync(flow);
        Assert.That(await flow.Get<BatchWishes>().CancelAsync(await flow.BatchAsync(1)), Is.True);
        await flow.PassAsync(TimeSpan.FromMinutes(3));
        Assert.That(flow.Provider.Batches[0].Seen.RawStatus, Is.Not.EqualTo("cancelling"));

        await CompleteAsync(flow, flow.Provider.Batches[0]);
        Assert.That(((await flow.BatchAsync(1)).State, (await flow.BatchAsync(1)).Totals.Succeeded), Is.EqualTo((BatchState.Completed, 1)));
    }

    [TestCase(false, "cancelling")]
    [TestCase(true, "validating")]
    public async Task A_late_submission_is_stopped_only_in_an_account_that_is_ours_alone(bool shared, string status)
    {
        await using var flow = await StartAsync();
        flow.Provider.CreateFate = call => (true, call == 1 ? new CreateOutcome.Unknown("time-out") : null);
        await flow.EnqueueAsync(1);
        await flow.DrainAsync();
        flow.Provider.HideNext = true;
        if (shared)
        {
            flow.Provider.AddStranger("theirs-1", "theirs-2", "theirs-3");
        }
        await flow.StepAsync();
        await flow.PassAsync(s_grace + TimeSpan.FromSeconds(300), steps: 12);
        Assert.That(flow.Provider.Creates, Is.EqualTo(2));

        var late = flow.Provider.Batches.Single(batch => flow.Provider.Hidden.Contains(batch.Seen.Id));
        flow.Provider.Hidden.Clear();
        await flow.PassAsync(TimeSpan.FromMinutes(2), steps: 2);
        Assert.That(late.Seen.RawStatus, Is.EqualTo(status));
        Assert.That(flow.Provider.Batches[^1].Seen.RawStatus, Is.EqualTo("validating"));
    }

    [Test]
    public async Task A_cancel_that_meets_a_passing_404_does_not_give_the_batch_up()
    {
        await using var flow = await StartAsync(propagation: TimeSpan.FromMinutes(10));
        var ids = await flow.EnqueueAsync(1);
        await SubmitAsync(flow);
        var batch = flow.Provider.Batches[0];
        flow.Provider.Remove(batch);
        await flow.Get<BatchWishes>().CancelAsync(await flow.BatchAsync(1));
        await flow.PassAsync(TimeSpan.FromMinutes(4), steps: 8);
        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.Submitted));

        flow.Provider.Add(batch);
        await flow.PassAsync(TimeSpan.FromMinutes(10), steps: 10);
        Assert.That(batch.Seen.RawStatus, Is.EqualTo("cancelling"));
        ModelProvider.Move(batch, ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromMinutes(10), steps: 10);
        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Succeeded));
    }

    [Test]
    public async Task Results_that_meet_a_passing_404_are_read_later_and_no_job_runs_again()
    {
        await using var flow = await StartAsync(propagation: TimeSpan.FromMinutes(10));
        var ids = await flow.EnqueueAsync(1);
        await SubmitAsync(flow);
        flow.Provider.Batches[0].UnknownUntil = flow.Time.GetUtcNow() + TimeSpan.FromMinutes(8);
        ModelProvider.Move(flow.Provider.Batches[0], ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromMinutes(7), steps: 60);
        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.Retrieving));

        await flow.PassAsync(TimeSpan.FromMinutes(2), steps: 20);
        Assert.That(((await flow.BatchAsync(1)).State, (await flow.JobAsync(ids[0])).View.State), Is.EqualTo((BatchState.Completed, JobState.Succeeded)));
    }

    [Test]
    public async Task A_request_that_the_create_call_names_fails_alone()
    {
        await using var flow = await StartAsync();
        flow.Provider.CreateFate = call => call == 1 ? (false, Invalid(2)) : (true, null);
        var ids = await flow.EnqueueAsync(3);
        await SubmitAsync(flow);
        await flow.PassAsync(TimeSpan.FromSeconds(10), steps: 3);
        await flow.DrainAsync("carry_over");
        await flow.StepAsync();

        var job = await flow.JobAsync(ids[1]);
        Assert.That((job.View.State, job.Code, job.View.Record.Attempts), Is.EqualTo((JobState.Failed, "invalid_request_error", 0)));
        Assert.That(flow.Provider.Batches.Single().CustomIds, Is.EqualTo(new[] { ids[0].ToString(), ids[2].ToString() }));
    }

    [Test]
    public async Task A_request_that_the_create_call_does_not_name_is_found_in_smaller_batches()
    {
        await using var flow = await StartAsync();
        var ids = await flow.EnqueueAsync(5);
        flow.Provider.CreateFate = _ => flow.Provider.LastLines.Any(line => line.StartsWith(ids[3].ToString(), StringComparison.Ordinal)) ? (false, Invalid(null)) : (true, null);
        await flow.DrainAsync();
        for (var round = 0; round < 8; round++)
        {
            await flow.PassAsync(TimeSpan.FromSeconds(10), steps: 4);
            await flow.DrainAsync("carry_over");
        }

        Assert.That((await flow.JobAsync(ids[3])).View.State, Is.EqualTo(JobState.Failed));
        Assert.That(flow.Provider.Batches.SelectMany(batch => batch.CustomIds), Is.EquivalentTo(ids.Where(id => id != ids[3]).Select(id => id.ToString())));
    }

    private static CreateOutcome.Rejected Invalid(int? line) =>
        new(new ProviderFailure(FailureKind.Invalid, "invalid_request_error", "One of them is wrong.") { Line = line });

    private static Task<FlowHarness> StartAsync(string? ns = null, FakeTimeProvider? clock = null, TimeSpan propagation = default)
    {
        var time = clock ?? new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 2, 0, 0, TimeSpan.Zero));
        return FlowHarness.StartAsync(ns, time, new ModelProvider(time) { Name = BatchWorker.Lifecycle.Provider.Anthropic, TagsBatches = false, Propagation = propagation });
    }

    private static async Task SubmitAsync(FlowHarness flow)
    {
        await flow.DrainAsync();
        await flow.StepAsync();
    }

    private static async Task CompleteAsync(FlowHarness flow, ModelBatch batch)
    {
        ModelProvider.Move(batch, ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromMinutes(2));
    }
}
