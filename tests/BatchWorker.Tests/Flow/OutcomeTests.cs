using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Flow;

/// <summary>What becomes of jobs whose batch did not simply answer them.</summary>
internal sealed class OutcomeTests(StoreKind kind) : EachStore(kind)
{
    [Test]
    public async Task An_expired_batch_keeps_its_answers_and_sends_the_rest_again()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(4);
        await SubmitAsync(flow);
        var first = flow.Provider.Batches[0];
        first.Lines.Remove(ids[1].ToString());
        first.Lines.Remove(ids[3].ToString());
        ModelProvider.Move(first, ProviderPhase.Expired);
        await flow.PassAsync(TimeSpan.FromMinutes(1));

        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Succeeded));
        var waiting = await flow.JobAsync(ids[1]);
        Assert.That((waiting.View.State, waiting.View.Record.Attempts, waiting.History[0].Outcome), Is.EqualTo((JobState.Queued, 1, Outcome.Expired)));

        await flow.PassAsync(TimeSpan.FromMinutes(1));
        await flow.DrainAsync("carry_over");
        await CompleteAsync(flow, 1);
        Assert.That((await flow.JobAsync(ids[1])).View.State, Is.EqualTo(JobState.Succeeded));
        Assert.That(flow.Provider.Batches[1].CustomIds, Is.EquivalentTo(new[] { ids[1].ToString(), ids[3].ToString() }));
    }

    [Test]
    public async Task A_line_that_validation_refuses_fails_alone_and_releases_the_others()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(3);
        await SubmitAsync(flow);
        ModelProvider.Move(flow.Provider.Batches[0], ProviderPhase.Failed, new ProviderError(2, "invalid_json_line", "Line 2 is bad."));
        await flow.PassAsync(TimeSpan.FromMinutes(1));

        var bad = await flow.JobAsync(ids[1]);
        Assert.That((bad.View.State, bad.Code, bad.View.Record.Attempts), Is.EqualTo((JobState.Failed, "invalid_json_line", 0)));
        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Queued));

        await flow.DrainAsync("carry_over");
        await CompleteAsync(flow, 1);
        Assert.That(flow.Provider.Batches[1].CustomIds, Is.EqualTo(new[] { ids[0].ToString(), ids[2].ToString() }));
        Assert.That((await flow.JobAsync(ids[2])).View.Record.Attempts, Is.EqualTo(1));
    }

    [Test]
    public async Task A_refusal_that_names_no_line_is_found_by_halving()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(8);
        var bad = ids[5].ToString();
        await flow.DrainAsync();
        for (var round = 0; round < 8; round++)
        {
            await flow.PassAsync(TimeSpan.FromSeconds(61), steps: 2);
            foreach (var batch in flow.Provider.Batches.Where(batch => batch.Seen.Phase == ProviderPhase.Validating))
            {
                if (batch.CustomIds.Contains(bad))
                {
                    ModelProvider.Move(batch, ProviderPhase.Failed, new ProviderError(null, "invalid_request", "Something is wrong."));
                }
                else
                {
                    ModelProvider.Move(batch, ProviderPhase.Completed);
                }
            }
            await flow.PassAsync(TimeSpan.FromSeconds(61), steps: 2);
            await flow.DrainAsync("carry_over");
        }

        Assert.That((await flow.JobAsync(ids[5])).View.State, Is.EqualTo(JobState.Failed));
        foreach (var id in ids.Where(id => id != ids[5]))
        {
            Assert.That((await flow.JobAsync(id)).View.State, Is.EqualTo(JobState.Succeeded));
        }
    }

    [Test]
    public async Task Jobs_without_room_wait_and_lose_no_attempt()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(2);
        await SubmitAsync(flow);
        ModelProvider.Move(flow.Provider.Batches[0], ProviderPhase.Failed, new ProviderError(null, "token_limit_exceeded", "Enqueued token limit reached."));
        await flow.PassAsync(TimeSpan.FromMinutes(1));

        var job = (await flow.JobAsync(ids[0])).View.Record;
        Assert.That((job.State, job.Attempts, job.Has(JobFlags.NoRoom)), Is.EqualTo((JobState.Queued, 0, true)));
    }

    [Test]
    public async Task A_lost_answer_is_looked_for_twice_then_run_again_and_in_the_end_dead_lettered()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(2, maxAttempts: 2);
        await flow.DrainAsync();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            await flow.PassAsync(TimeSpan.FromMinutes(1));
            flow.Provider.Batches[attempt].Lines.Remove(ids[1].ToString());
            await CompleteAsync(flow, attempt);
            await flow.PassAsync(TimeSpan.FromMinutes(6), steps: 8);
            await flow.DrainAsync("carry_over");
        }

        var job = await flow.JobAsync(ids[1]);
        Assert.That((job.View.State, job.View.Record.Attempts, job.Code), Is.EqualTo((JobState.Failed, 2, "result_missing")));
        Assert.That(job.History.Select(line => line.Outcome), Is.EqualTo(new[] { Outcome.Missing, Outcome.Missing }));
        Assert.That(flow.Provider.Batches, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_download_that_is_cut_goes_on_and_counts_everything_once()
    {
        await using var flow = await FlowHarness.StartAsync();
        await flow.EnqueueAsync(900);
        await SubmitAsync(flow);
        flow.Provider.Batches[0].CutAfter = 700;
        await CompleteAsync(flow, 0);
        await flow.PassAsync(TimeSpan.FromSeconds(10), steps: 4);

        var batch = await flow.BatchAsync(1);
        Assert.That((batch.State, batch.Totals.Succeeded, batch.Totals.InputTokens), Is.EqualTo((BatchState.Completed, 900, 9_000L)));
        Assert.That(flow.Provider.Creates, Is.EqualTo(1));
    }

    [Test]
    public async Task A_job_whose_deadline_passed_is_not_sent_again()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(1, deadline: flow.Time.GetUtcNow().AddSeconds(90));
        await SubmitAsync(flow);
        flow.Provider.Batches[0].Lines.Clear();
        await flow.PassAsync(TimeSpan.FromMinutes(2));
        ModelProvider.Move(flow.Provider.Batches[0], ProviderPhase.Expired);
        await flow.PassAsync(TimeSpan.FromMinutes(2));

        var job = await flow.JobAsync(ids[0]);
        Assert.That((job.View.State, job.Code), Is.EqualTo((JobState.Failed, "batch_expired")));
    }

    [Test]
    public async Task A_batch_cancelled_at_the_provider_keeps_what_was_answered()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(2);
        await SubmitAsync(flow);
        Assert.That(await flow.Get<BatchWishes>().CancelAsync(await flow.BatchAsync(1)), Is.True);
        await flow.PassAsync(TimeSpan.FromSeconds(2), steps: 2);
        Assert.That(flow.Provider.Batches[0].Seen.RawStatus, Is.EqualTo("cancelling"));
        flow.Provider.Batches[0].Lines.Remove(ids[1].ToString());
        ModelProvider.Move(flow.Provider.Batches[0], ProviderPhase.Cancelled);
        await flow.PassAsync(TimeSpan.FromMinutes(2));

        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Succeeded));
        Assert.That((await flow.JobAsync(ids[1])).View.State, Is.EqualTo(JobState.Cancelled));
    }

    [Test]
    public async Task A_batch_cancelled_in_the_providers_console_ends_the_same_way()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(2);
        await SubmitAsync(flow);
        flow.Provider.Batches[0].Lines.Remove(ids[1].ToString());
        ModelProvider.Move(flow.Provider.Batches[0], ProviderPhase.Cancelled);
        await flow.PassAsync(TimeSpan.FromMinutes(2));

        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.Cancelled));
        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Succeeded));
        Assert.That((await flow.JobAsync(ids[1])).View.State, Is.EqualTo(JobState.Cancelled));
    }

    [Test]
    public async Task Another_account_is_never_asked_for_a_batch()
    {
        await using var flow = await FlowHarness.StartAsync();
        await flow.EnqueueAsync(1);
        await SubmitAsync(flow);
        flow.Provider.Account = "ffeeddccbbaa0099";
        await CompleteAsync(flow, 0);

        var batch = await flow.BatchAsync(1);
        Assert.That((batch.State.HasEnded(), batch.Record.Error?.Code), Is.EqualTo((false, "account_changed")));
    }

    private static async Task SubmitAsync(FlowHarness flow)
    {
        await flow.DrainAsync();
        await flow.StepAsync();
    }

    private static async Task CompleteAsync(FlowHarness flow, int batch)
    {
        await flow.StepAsync();
        ModelProvider.Move(flow.Provider.Batches[batch], ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromMinutes(2));
    }
}
