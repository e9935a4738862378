using System.Diagnostics.Metrics;
using BatchWorker.Lifecycle;
using BatchWorker.Polling;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Results;
using BatchWorker.Simulator;
using BatchWorker.Simulator.Anthropic;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Gemini;
using BatchWorker.Simulator.OpenAi;
using BatchWorker.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Flow;

/// <summary>A create call that was proven absent and did arrive: its batch is stopped and counted once, and what it answered is used.</summary>
internal sealed class LateDuplicateTests(StoreKind kind) : EachStore(kind)
{
    private const int Jobs = 20;
    private const double Lag = 2_000;
    private const string Duplicates = "batchworker.duplicate_batches";
    private const string PaidTwice = "batchworker.duplicate_answers";
    private static readonly DateTimeOffset s_start = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(900);

    [TestCase(Provider.OpenAi), TestCase(Provider.Anthropic), TestCase(Provider.Gemini)]
    public async Task A_listing_that_lags_beyond_the_grace_costs_no_answer_and_every_cent_is_counted(Provider name)
    {
        var time = new FakeTimeProvider(s_start);
        await using var simulator = await SimulatorHost.StartAsync(
            new SimulatorOptions
            {
                OpenAi = new OpenAiSettings { ListDelay = Lag, CancelFraction = 0.5, Phases = new OpenAiPhases { InProgress = 7_200 } },
                Anthropic = new AnthropicSettings { ListDelay = Lag, CancelFraction = 0.5, Phases = new AnthropicPhases { InProgress = 7_200 } },
                Gemini = new GeminiSettings { ListDelay = Lag, Phases = new GeminiPhases { Running = 7_200 } },
            },
            time);
        simulator.Faults.Http.Add(new HttpFault { Method = "POST", Path = "^/(v1/messages/)?batches$|:batchGenerateContent$", Count = 1, Action = new() { Type = HttpFaultKind.StatusAfter, Status = 502 } });
        simulator.Faults.Batches.Add(new BatchFate { Nth = 2, End = BatchEnd.Expired, Fraction = 0.4 });
        await using var provider = SimulatedProviders.Connect(name, simulator);
        await using var flow = await FlowHarness.StartAsync(clock: time, other: provider.Only());
        using var counted = new Counted(flow.Get<IMeterFactory>());
        var ids = await SimulatedProviders.EnqueueAsync(flow, name, Jobs);
        await flow.DrainAsync();
        await flow.StepAsync();
        for (var round = 0; round < 400 && !await HaveEndedAsync(flow, ids); round++)
        {
            await flow.PassAsync(TimeSpan.FromMinutes(2), steps: 2);
            await flow.DrainAsync("carry_over");
        }

        foreach (var id in ids)
        {
            Assert.That((await flow.JobAsync(id)).View.State, Is.EqualTo(JobState.Succeeded));
        }
        var bill = simulator.Ledger.Summary();
        var late = (await flow.BatchAsync(1)).Record.Late!.Single();
        Assert.That((late.ProviderBatchId, late.IsRead, counted.Of(Duplicates)), Is.EqualTo((simulator.Ledger.Batches[0].Id, true, 1L)));
        Assert.That(counted.Of(PaidTwice), Is.EqualTo(bill.PaidItems - Jobs), "what was paid beyond one answer for each job");
        Assert.That(late.PaidTwice, Is.EqualTo(counted.Of(PaidTwice)));
        Assert.That(BatchDrift.Of(await flow.BatchAsync(1)), Is.Null, "what its duplicate answered is explained");
        if (name != Provider.Gemini)
        {
            Assert.That(simulator.Ledger.Batches.Take(2).Select(batch => batch.Paid), Is.EqualTo(new[] { 10, 8 }));
            Assert.That(late.PaidTwicePico > 0, Is.EqualTo(late.PaidTwice > 0));
        }
    }

    [Test]
    public async Task Its_answers_are_used_for_jobs_that_the_second_batch_failed_lost_or_left()
    {
        await using var flow = await FlowHarness.StartAsync();
        using var counted = new Counted(flow.Get<IMeterFactory>());
        var ids = await SubmitTwiceAsync(flow, 5);
        var (first, second) = (flow.Provider.Batches[0], flow.Provider.Batches[1]);
        flow.Provider.Hidden.Clear();
        var failed = ids[0].ToString();
        second.Lines[failed] = second.Lines[failed] with { Outcome = Outcome.Failed, Error = new JobError("server_error", "It broke.", Retryable: true), Body = default };
        second.Lines.Remove(ids[1].ToString());
        first.Lines.Remove(ids[4].ToString());
        ModelProvider.Move(second, ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromMinutes(3), steps: 6);

        Assert.That(first.Seen.RawStatus, Is.EqualTo("cancelling"));
        var waiting = await flow.BatchAsync(1);
        Assert.That((waiting.State, waiting.Record.Error!.Code, waiting.Totals.Succeeded), Is.EqualTo((BatchState.Retrieving, "duplicate", 3)), "what the second answered is there at once");
        Assert.That((await flow.JobAsync(ids[0])).View.Record.Attempts, Is.Zero, "nothing is sent again yet");

        ModelProvider.Move(first, ProviderPhase.Cancelled);
        await flow.PassAsync(TimeSpan.FromMinutes(3), steps: 6);
        var ended = await flow.BatchAsync(1);
        Assert.That((ended.State, ended.Record.Error?.Code, ended.Totals.Succeeded, ended.Totals.Requeued), Is.EqualTo((BatchState.Completed, (string?)null, 5, 0)));
        Assert.That((await flow.JobAsync(ids[1])).View.Record.Attempts, Is.EqualTo(1));
        Assert.That((counted.Of(PaidTwice), ended.Record.Late![0].PaidTwice), Is.EqualTo((2L, 2)), "ids[2] and ids[3]");
    }

    [Test]
    public async Task One_that_has_ended_before_it_turned_up_is_used_too_and_not_stopped()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await SubmitTwiceAsync(flow, 2);
        var (first, second) = (flow.Provider.Batches[0], flow.Provider.Batches[1]);
        ModelProvider.Move(first, ProviderPhase.Completed);
        flow.Provider.Hidden.Clear();
        second.Lines.Clear();
        ModelProvider.Move(second, ProviderPhase.Expired);
        await flow.PassAsync(TimeSpan.FromMinutes(3), steps: 6);

        var ended = await flow.BatchAsync(1);
        Assert.That((ended.State, ended.Totals.Succeeded, ended.Record.Error?.Code), Is.EqualTo((BatchState.Expired, 2, "batch_expired")));
        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Succeeded));
        Assert.That(first.Seen.RawStatus, Is.EqualTo(nameof(ProviderPhase.Completed)));
    }

    [Test]
    public async Task One_that_never_ends_is_waited_for_no_longer_than_its_window()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await SubmitTwiceAsync(flow, 2);
        flow.Provider.Hidden.Clear();
        flow.Provider.Batches[1].Lines.Remove(ids[0].ToString());
        ModelProvider.Move(flow.Provider.Batches[1], ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromHours(23), steps: 46);
        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.Retrieving));
        Assert.That((await flow.BatchAsync(1)).Settlements, Is.EqualTo(1), "it does not read on and on");

        await flow.PassAsync(TimeSpan.FromHours(2), steps: 8);
        Assert.That(((await flow.BatchAsync(1)).State, (await flow.JobAsync(ids[0])).View.State), Is.EqualTo((BatchState.Completed, JobState.Queued)));
    }

    [Test]
    public async Task It_counts_once_over_restarts_and_replicas()
    {
        var (ns, time) = (SharedRedis.NewNamespace(), new FakeTimeProvider(s_start));
        var provider = new ModelProvider(time);
        await using (var flow = await FlowHarness.StartAsync(ns, time, provider))
        {
            using var counted = new Counted(flow.Get<IMeterFactory>());
            await SubmitTwiceAsync(flow, 1);
            provider.Hidden.Clear();
            await flow.PassAsync(TimeSpan.FromMinutes(3));
            Assert.That(counted.Of(Duplicates), Is.EqualTo(1));
        }
        await using var restarted = await FlowHarness.StartAsync(ns, time, provider);
        using var again = new Counted(restarted.Get<IMeterFactory>());
        provider.Batches[0].Seen = provider.Batches[0].Seen with { RawStatus = "in_progress" };
        await restarted.PassAsync(TimeSpan.FromMinutes(3));
        Assert.That(again.Of(Duplicates), Is.Zero);
        Assert.That(provider.Batches[0].Seen.RawStatus, Is.EqualTo("cancelling"), "one that goes on is asked again");
    }

    [Test]
    public async Task One_that_turns_up_after_the_end_is_stopped_at_the_next_start_and_counted_once()
    {
        var (ns, time) = (SharedRedis.NewNamespace(), new FakeTimeProvider(s_start));
        var provider = new ModelProvider(time);
        await using (var flow = await FlowHarness.StartAsync(ns, time, provider))
        {
            await SubmitTwiceAsync(flow, 3);
            ModelProvider.Move(provider.Batches[1], ProviderPhase.Completed);
            await flow.PassAsync(TimeSpan.FromMinutes(3));
            Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.Completed));
            await flow.Get<LateLook>().RunOnceAsync(CancellationToken.None);
            Assert.That((await flow.BatchAsync(1)).Record.Late, Is.Null);
        }
        provider.Hidden.Clear();
        await using var one = await FlowHarness.StartAsync(ns, time, provider);
        await using var two = await FlowHarness.StartAsync(ns, time, provider, owner: "replica-2");
        using var ones = new Counted(one.Get<IMeterFactory>());
        using var twos = new Counted(two.Get<IMeterFactory>());
        await Task.WhenAll(one.Get<LateLook>().RunOnceAsync(CancellationToken.None), two.Get<LateLook>().RunOnceAsync(CancellationToken.None));
        await Task.WhenAll(one.Get<LateLook>().RunOnceAsync(CancellationToken.None), two.Get<LateLook>().RunOnceAsync(CancellationToken.None));
        Assert.That((provider.Batches[0].Seen.RawStatus, ones.Of(Duplicates) + twos.Of(Duplicates)), Is.EqualTo(("cancelling", 1L)));

        provider.Batches[0].Lines.Remove(provider.Batches[0].CustomIds[0]);
        ModelProvider.Move(provider.Batches[0], ProviderPhase.Cancelled);
        time.Advance(TimeSpan.FromDays(1));
        await one.Get<LateLook>().RunOnceAsync(CancellationToken.None);
        await two.Get<LateLook>().RunOnceAsync(CancellationToken.None);
        Assert.That(((await one.BatchAsync(1)).Record.Late![0].PaidTwice, ones.Of(PaidTwice) + twos.Of(PaidTwice)), Is.EqualTo((2, 2L)));
    }

    [Test]
    public async Task A_start_with_a_provider_that_is_away_looks_again_until_it_has_an_answer()
    {
        await using var flow = await FlowHarness.StartAsync();
        await SubmitTwiceAsync(flow, 1);
        ModelProvider.Move(flow.Provider.Batches[1], ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromMinutes(3));
        flow.Provider.Hidden.Clear();
        flow.Provider.ReadFailure = () => ModelProvider.Down;
        var late = flow.Get<LateLook>();
        await late.RunOnceAsync(CancellationToken.None);
        flow.Provider.ReadFailure = () => null;
        await late.RunOnceAsync(CancellationToken.None);
        Assert.That(flow.Provider.Batches[0].Seen.RawStatus, Is.EqualTo("cancelling"));
    }

    [Test]
    public async Task An_absence_is_forgotten_after_thirty_days()
    {
        await using var flow = await FlowHarness.StartAsync();
        await SubmitTwiceAsync(flow, 1);
        Assert.That(await flow.Get<AbsentSubmissions>().ListAsync(), Is.EqualTo(new[] { 1L }));
        flow.Time.Advance(TimeSpan.FromDays(30));
        Assert.That(await flow.Get<AbsentSubmissions>().ListAsync(), Is.Empty);
    }

    [Test]
    public async Task While_the_second_call_is_in_doubt_the_first_one_that_turns_up_is_taken_and_no_third_is_sent()
    {
        await using var flow = await FlowHarness.StartAsync();
        flow.Provider.CreateFate = call => (call == 1, new CreateOutcome.Unknown("time-out"));
        await flow.EnqueueAsync(2);
        await flow.DrainAsync();
        flow.Provider.HideNext = true;
        await flow.StepAsync();
        await flow.PassAsync(s_grace + TimeSpan.FromSeconds(300), steps: 12);
        Assert.That(((await flow.BatchAsync(1)).State, flow.Provider.Creates), Is.EqualTo((BatchState.InDoubt, 2)));

        flow.Provider.Hidden.Clear();
        await flow.PassAsync(s_grace, steps: 12);
        var batch = await flow.BatchAsync(1);
        Assert.That((batch.State.IsWithProvider(), batch.Record.ProviderBatchId, flow.Provider.Creates), Is.EqualTo((true, flow.Provider.Batches[0].Seen.Id, 2)));
        Assert.That(batch.Record.ProvenAbsent.Single().Attempt, Is.EqualTo(2), "the call in doubt is looked for from now on");
        Assert.That(flow.Provider.Batches[0].Seen.RawStatus, Is.EqualTo("validating"));
    }

    [Test]
    public async Task Without_a_tag_one_that_has_ended_is_known_by_its_results()
    {
        var time = new FakeTimeProvider(s_start);
        await using var flow = await FlowHarness.StartAsync(clock: time, other: new ModelProvider(time) { Name = Provider.Anthropic, TagsBatches = false });
        await flow.EnqueueAsync(2);
        flow.Provider.CreateFate = call => (true, call == 1 ? new CreateOutcome.Unknown("time-out") : null);
        await flow.DrainAsync();
        flow.Provider.HideNext = true;
        flow.Provider.AddStranger("theirs-1", "theirs-2");
        await flow.StepAsync();
        await flow.PassAsync(s_grace + TimeSpan.FromSeconds(300), steps: 12);
        var (stranger, first, second) = (flow.Provider.Batches[0], flow.Provider.Batches[1], flow.Provider.Batches[2]);
        flow.Provider.Hidden.Clear();
        ModelProvider.Move(stranger, ProviderPhase.Completed);
        ModelProvider.Move(first, ProviderPhase.Completed);
        second.Lines.Clear();
        ModelProvider.Move(second, ProviderPhase.Expired);
        await flow.PassAsync(TimeSpan.FromMinutes(5), steps: 10);

        var batch = await flow.BatchAsync(1);
        Assert.That((batch.Record.Late!.Single().ProviderBatchId, batch.Totals.Succeeded), Is.EqualTo((first.Seen.Id, 2)));
    }

    [Test]
    public async Task Its_files_go_with_those_of_its_batch()
    {
        await using var flow = await FlowHarness.StartAsync();
        await SubmitTwiceAsync(flow, 1);
        flow.Provider.Hidden.Clear();
        ModelProvider.Move(flow.Provider.Batches[0], ProviderPhase.Completed);
        ModelProvider.Move(flow.Provider.Batches[1], ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromMinutes(3), steps: 6);
        flow.Time.Advance(TimeSpan.FromDays(8));
        await flow.Get<ProviderFileWorker>().RunOnceAsync(CancellationToken.None);
        Assert.That(flow.Provider.Deleted.Select(files => files.BatchId), Is.EqualTo(flow.Provider.Batches.Select(batch => batch.Seen.Id)));
    }

    /// <summary>The first call arrives unseen, so that a second one is sent.</summary>
    private static async Task<IReadOnlyList<JobId>> SubmitTwiceAsync(FlowHarness flow, int jobs)
    {
        flow.Provider.CreateFate = call => (true, call == 1 ? new CreateOutcome.Unknown("time-out") : null);
        var ids = await flow.EnqueueAsync(jobs);
        await flow.DrainAsync();
        flow.Provider.HideNext = true;
        await flow.StepAsync();
        await flow.PassAsync(s_grace + TimeSpan.FromSeconds(300), steps: 12);
        Assert.That(((await flow.BatchAsync(1)).Record.ProviderBatchId, flow.Provider.Creates), Is.EqualTo((flow.Provider.Batches[1].Seen.Id, 2)));
        return ids;
    }

    private static async Task<bool> HaveEndedAsync(FlowHarness flow, IReadOnlyList<JobId> ids)
    {
        var jobs = await Task.WhenAll(ids.Select(flow.JobAsync));
        return jobs.All(job => job.View.State.HasEnded());
    }
}
