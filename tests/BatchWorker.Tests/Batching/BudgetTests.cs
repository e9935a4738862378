using BatchWorker.Batching;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using BatchWorker.Tests.Flow;
using Microsoft.Extensions.Time.Testing;
using static BatchWorker.Tests.Batching.BudgetHarness;

namespace BatchWorker.Tests.Batching;

/// <summary>Batches cost no more than they may: what does not fit waits, says so, and goes when there is room again.</summary>
internal sealed class BudgetTests(StoreKind kind) : EachStore(kind)
{
    private const string Other = "historical_reprocessing";

    [Test]
    public async Task A_cap_stops_at_the_right_job_and_the_rest_goes_on_the_next_day()
    {
        await using var flow = await StartAsync(Day(3));
        var ids = await flow.EnqueueAsync(5, tenant: null);
        var run = await flow.DrainAsync();
        Assert.That((run.Jobs, run.Held.Single()), Is.EqualTo((3, new HeldJobs(FlowHarness.Lane.ToString(), 2, "budget"))));
        Assert.That(await flow.StatesAsync(ids), Is.EqualTo(new[] { JobState.Batched, JobState.Batched, JobState.Batched, JobState.Queued, JobState.Queued }));
        Assert.That(await flow.HeldAsync(ids), Is.EqualTo(ids.Skip(3)));
        Assert.That(await flow.UseAsync(Day(3)), Is.EqualTo((0m, (decimal)(3 * Each))));

        await flow.SettleAsync(AsExpected);
        Assert.That(await flow.UseAsync(Day(3)), Is.EqualTo(((decimal)(3 * Each), 0m)));
        run = await flow.DrainAsync();
        Assert.That((run.Jobs, run.Held.Single().Jobs, run.EndedAt is not null), Is.EqualTo((0, 2, true)), "the cap is used up");

        flow.Time.Advance(TimeSpan.FromDays(1));
        Assert.That(await flow.HeldAsync(ids), Is.Empty, "another day");
        run = await flow.DrainAsync();
        Assert.That((run.Jobs, run.Held), Is.EqualTo((2, Array.Empty<HeldJobs>())));
        await flow.SettleAsync(AsExpected);
        Assert.That(await flow.StatesAsync(ids), Is.All.EqualTo(JobState.Succeeded));
        Assert.That(await flow.VerifyAsync(), Is.Empty);
    }

    [Test]
    public async Task Caps_of_day_month_job_type_and_tenant_hold_together_and_hold_nothing_else_up()
    {
        await using var flow = await StartAsync(Day(10), Month(11), Day(4, Budget.JobType, "creative_scoring"), Day(2, "tenant", Budget.Each));
        var a = await flow.EnqueueAsync(4, "a");
        var b = await flow.EnqueueAsync(1, "b");
        var none = await flow.EnqueueAsync(2, tenant: null);
        var otherA = await flow.EnqueueAsync(1, "a", Other);
        var other = await flow.EnqueueAsync(8, tenant: null, Other);
        JobId[] all = [.. a, .. b, .. none, .. otherA, .. other];

        var run = await flow.DrainAsync();
        JobId[] sent = [.. a.Take(2), .. b, none[0], .. other.Take(6)];
        Assert.That(all.Zip(await flow.StatesAsync(all)).Where(job => job.Second == JobState.Batched).Select(job => job.First), Is.EqualTo(sent));
        Assert.That(run.Held.Select(held => (held.Lane, held.Jobs, held.Reason)), Is.EquivalentTo(new[]
        {
            (FlowHarness.Lane.ToString(), 3, "budget"),
            ((FlowHarness.Lane with { JobType = Other }).ToString(), 3, "budget"),
        }));
        Assert.That(await flow.UseAsync(Day(2, "tenant", Budget.Each), "a"), Is.EqualTo((0m, (decimal)(2 * Each))));

        await flow.SettleAsync(AsExpected);
        flow.Time.Advance(TimeSpan.FromDays(1));
        run = await flow.DrainAsync();
        Assert.That((run.Jobs, run.Held.Sum(held => held.Jobs)), Is.EqualTo((1, 5)), "the month has one left");
        Assert.That((await flow.JobAsync(a[2])).View.Record.State, Is.EqualTo(JobState.Batched));
        await flow.SettleAsync(AsExpected);
        Assert.That(await flow.VerifyAsync(), Is.Empty);
    }

    [Test]
    public async Task What_was_spent_less_than_expected_is_there_to_be_spent()
    {
        await using var flow = await StartAsync(Day(3));
        var ids = await flow.EnqueueAsync(5, tenant: null);
        await flow.DrainAsync();
        await flow.SettleAsync(new Usage(10, 5, 0));
        Assert.That((await flow.DrainAsync()).Jobs, Is.EqualTo(2));
        Assert.That(await flow.HeldAsync(ids), Is.Empty);
    }

    [Test]
    public async Task Another_cap_counts_from_the_next_drain_on()
    {
        var (ns, time) = (SharedRedis.NewNamespace(), new FakeTimeProvider(LedgerHarness.Start));
        await using var before = await StartAsync(ns, time, null, "one", null, Day(1));
        var ids = await before.EnqueueAsync(3, tenant: null);
        await before.DrainAsync();
        Assert.That(await before.HeldAsync(ids), Is.EqualTo(ids.Skip(1)));
        await using var after = await StartAsync(ns, time, before.Provider, "one", null, Day(2));
        Assert.That(await after.HeldAsync(ids), Is.Empty);
        Assert.That((await after.DrainAsync()).Jobs, Is.EqualTo(1), "what the first one claimed is held back still");
    }

    [Test]
    public async Task What_a_dead_process_had_claimed_is_held_back_until_it_is_settled()
    {
        var (ns, time) = (SharedRedis.NewNamespace(), new FakeTimeProvider(LedgerHarness.Start));
        ModelProvider provider;
        await using (var dying = await StartAsync(ns, time, null, "one", null, Day(3)))
        {
            provider = dying.Provider;
            await dying.EnqueueAsync(5, tenant: "a");
            await dying.DrainAsync();
        }
        await using var next = await StartAsync(ns, time, provider, "one", null, Day(3));
        Assert.That((await next.DrainAsync()).Jobs, Is.Zero);
        await next.SettleAsync(new Usage(10, 5, 0));
        Assert.That((await next.UseAsync(Day(3))).Held, Is.Zero);
        Assert.That((await next.DrainAsync()).Jobs, Is.EqualTo(2));
        Assert.That(await next.VerifyAsync(), Is.Empty);
    }

    [Test]
    public async Task A_batch_that_is_cancelled_before_its_call_holds_nothing_back()
    {
        await using var flow = await StartAsync(Day(3));
        await flow.EnqueueAsync(5, tenant: "a");
        await flow.DrainAsync();
        await flow.Get<BatchWishes>().CancelAsync(await flow.BatchAsync(1));
        await flow.PassAsync(TimeSpan.FromSeconds(4));
        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.Cancelled));
        Assert.That(await flow.UseAsync(Day(3)), Is.EqualTo((0m, 0m)));
        Assert.That((await flow.DrainAsync()).Jobs, Is.EqualTo(2));
    }

    [Test]
    public async Task Jobs_that_come_back_hold_nothing_back_and_are_not_carried_over_beyond_the_cap()
    {
        await using var flow = await StartAsync(Day(3));
        var ids = await flow.EnqueueAsync(3, tenant: "a");
        await flow.DrainAsync();
        await flow.StepAsync();
        flow.Provider.Batches[0].Lines.Remove(ids[0].ToString());
        flow.Provider.Batches[0].Lines.Remove(ids[1].ToString());
        await flow.SettleAsync(AsExpected);
        Assert.That(await flow.UseAsync(Day(3)), Is.EqualTo(((decimal)Each, 0m)));

        await flow.EnqueueAsync(1, tenant: null);
        Assert.That((await flow.DrainAsync(filter: new RunFilter(MaxJobs: 1))).Jobs, Is.EqualTo(1), "one of those that came back");
        flow.Time.Advance(TimeSpan.FromHours(1));
        Assert.That(await flow.Get<Drainer>().AnythingDueAsync(), Is.True, "there is room for the other one");
        await flow.DrainAsync(Drainer.CarryOver);
        Assert.That(await flow.UseAsync(Day(3)), Is.EqualTo(((decimal)Each, (decimal)(2 * Each))));
        await flow.SettleAsync(AsExpected);
        Assert.That(await flow.VerifyAsync(), Is.Empty);
    }

    [Test]
    public async Task No_run_is_begun_for_jobs_that_came_back_and_that_no_budget_reaches_for()
    {
        await using var flow = await StartAsync(Day(1));
        var id = (await flow.EnqueueAsync(1, tenant: null))[0];
        await flow.DrainAsync();
        await flow.StepAsync();
        flow.Provider.Batches[0].Lines.Remove(id.ToString());
        await flow.SettleAsync(AsExpected);
        var paid = await flow.EnqueueAsync(1, tenant: null);
        await flow.Get<JobDesk>().CancelAsync(id);
        await flow.DrainAsync();
        await flow.SettleAsync(AsExpected);
        Assert.That(await flow.StatesAsync(paid), Is.All.EqualTo(JobState.Succeeded));
        await flow.Get<JobDesk>().RetryAsync(id);
        Assert.That(await flow.Get<Drainer>().AnythingDueAsync(), Is.False);
    }

    [Test]
    public async Task A_job_without_a_price_counts_as_nothing_until_it_has_one()
    {
        await using var flow = await StartAsync(Day(1));
        await flow.EnqueueAsync(3, model: "acme-unpriced-model");
        await flow.EnqueueAsync(2, tenant: null);
        var run = await flow.DrainAsync();
        Assert.That((run.Jobs, run.Held.Single().Jobs), Is.EqualTo((4, 1)));
        await flow.SettleAsync(AsExpected);
        Assert.That(await flow.UseAsync(Day(1)), Is.EqualTo(((decimal)Each, 0m)));
        Assert.That((await flow.BatchAsync(1)).Totals.Unpriced, Is.EqualTo(3));
    }

    /// <summary>The other drain claims between the look at the budgets and the claim.</summary>
    [TestCase(3, 0), TestCase(4, 1), TestCase(6, 3)]
    public async Task Of_two_drains_at_once_the_later_takes_what_the_other_has_left(int cap, int left)
    {
        var (one, two) = await PairAsync(Day(cap));
        await using (one)
        await using (two)
        {
            var ids = await one.EnqueueAsync(3, "a");
            await one.EnqueueAsync(3, "b", Other);
            var run = await one.Get<RunLedger>().BeginAsync("api", new RunFilter("creative_scoring"));
            var selection = await one.Get<Selections>().BeginAsync(run.Filter);
            using var drain = new Drain(one.Get<LaneOpener>(), one.Get<RunLedger>(), run, selection.Gate);
            await foreach (var job in selection.ReadAsync(carryOver: false, int.MaxValue, CancellationToken.None))
            {
                await drain.AddAsync(job.Job);
            }
            Assert.That((await two.DrainAsync(filter: new RunFilter(Other))).Jobs, Is.EqualTo(3));
            await drain.SealAsync();
            Assert.That((drain.Claimed, selection.Held.Sum(held => held.Jobs)), Is.EqualTo((left, 3 - left)));
            Assert.That((await one.StatesAsync(ids)).Count(state => state == JobState.Batched), Is.EqualTo(left));
            Assert.That((await two.UseAsync(Day(cap))).Held, Is.EqualTo((3 + left) * Each));
            Assert.That(await one.VerifyAsync(), Is.Empty);
        }
    }

    [Test]
    public async Task Drains_that_really_run_at_once_do_not_overrun_the_cap_together()
    {
        string[] types = ["creative_scoring", Other, "training_data_prep"];
        for (var cap = 1; cap <= 17; cap += 4)
        {
            var (one, two) = await PairAsync(Day(cap), Day(cap, "tenant", Budget.Each));
            await using (one)
            await using (two)
            {
                foreach (var type in types)
                {
                    await one.EnqueueAsync(6, "a", type);
                }
                var runs = await Task.WhenAll(one.DrainAsync(filter: new RunFilter(types[0])), two.DrainAsync(filter: new RunFilter(types[1])), two.DrainAsync(filter: new RunFilter(types[2])), one.DrainAsync());
                Assert.That((await one.UseAsync(Day(cap))).Held, Is.EqualTo(runs.Sum(run => run.Jobs) * Each).And.LessThanOrEqualTo(cap * Each));
                await two.DrainAsync();
                Assert.That((await one.UseAsync(Day(cap))).Held, Is.EqualTo(cap * Each), "what one left for another is there afterwards");
                Assert.That(await one.VerifyAsync(), Is.Empty);
            }
        }
    }

    [Test]
    public async Task Without_budgets_nothing_is_held_back()
    {
        await using var flow = await StartAsync();
        await flow.EnqueueAsync(3, "a");
        await flow.DrainAsync();
        var store = flow.Get<LedgerStore>();
        Assert.That((await flow.BatchAsync(1)).Reserved, Is.Null);
        Assert.That(await store.Database.KeyExistsAsync(store.Keys.Budgets) || await store.Database.KeyExistsAsync(store.Keys.Reserved(1, 0)), Is.False);
    }

    private static async Task<(FlowHarness One, FlowHarness Two)> PairAsync(params Budget[] budgets)
    {
        var (ns, time) = (SharedRedis.NewNamespace(), new FakeTimeProvider(LedgerHarness.Start));
        var one = await StartAsync(ns, time, null, "one", null, budgets);
        return (one, await StartAsync(ns, time, one.Provider, "two", null, budgets));
    }
}
