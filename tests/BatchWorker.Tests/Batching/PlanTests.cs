using System.Globalization;
using BatchWorker.Batching;
using BatchWorker.Costs;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using BatchWorker.Tests.Flow;
using StackExchange.Redis;
using static BatchWorker.Tests.Batching.BudgetHarness;

namespace BatchWorker.Tests.Batching;

/// <summary>A plan says what the drain that follows does, and changes nothing.</summary>
internal sealed class PlanTests(StoreKind kind) : EachStore(kind)
{
    private const string Other = "historical_reprocessing";

    [TestCase(null), TestCase(7)]
    public async Task A_plan_is_the_drain_that_follows(int? most)
    {
        await using var flow = await StartAsync(Day(12), Day(3, "tenant", Budget.Each));
        flow.Provider.Limits = new BatchLimits(4, 700, 50_000);
        await flow.EnqueueAsync(9, tenant: null);
        await flow.EnqueueAsync(5, "a", Other);
        await flow.EnqueueAsync(3, "b", Other);
        await flow.EnqueueAsync(2, priority: 9, model: "gpt-4o-mini");
        await flow.EnqueueAsync(2, deadline: flow.Time.GetUtcNow().AddMinutes(1));
        flow.Time.Advance(TimeSpan.FromMinutes(2));

        var filter = new RunFilter(MaxJobs: most);
        var plan = await flow.Get<Planner>().PlanAsync(filter, CancellationToken.None);
        var run = await flow.DrainAsync(filter: filter);
        var batches = new List<(string, int)>();
        foreach (var id in run.Batches)
        {
            var batch = (await flow.Get<BatchLedger>().FindAsync(id))!;
            batches.Add((batch.Record.Lane.ToString(), batch.Claimed));
        }
        Assert.That(plan.Batches.Select(batch => (batch.Lane.ToString(), batch.Packing.Jobs)), Is.EqualTo(batches));
        Assert.That(plan.Held, Is.EqualTo(run.Held));
        Assert.That((run.Jobs, plan.IsComplete), Is.EqualTo((plan.Batches.Sum(batch => batch.Packing.Jobs), true)));
        Assert.That(batches, Has.Count.GreaterThan(2));
        Assert.That((await flow.UseAsync(Day(12))).Held, Is.EqualTo(plan.Batches.Sum(batch => batch.Pico.Expected)));
    }

    [Test]
    public async Task A_plan_says_what_requests_will_use_and_cost()
    {
        await using var flow = await StartAsync();
        await flow.EnqueueAsync(3, tenant: null);
        await flow.EnqueueAsync(2, model: "acme-unpriced-model");
        var plan = await flow.Get<Planner>().PlanAsync(new RunFilter(), CancellationToken.None);
        var (known, unknown) = (plan.Batches[0], plan.Batches[1]);
        Assert.That((known.Input, known.Exact, known.Output, known.Pico, known.Unpriced), Is.EqualTo((30m, 3, new Spread(0, 1_500, 1_500), new Spread(37_500_000, 3 * Each, 3 * Each), 0)));
        Assert.That((unknown.Input, unknown.Pico, unknown.Unpriced), Is.EqualTo((20m, default(Spread), 2)));
    }

    [Test]
    public async Task Estimates_learn_from_the_answers_of_the_lane()
    {
        await using var flow = await StartAsync();
        await flow.EnqueueAsync(4, tenant: null);
        await flow.DrainAsync();
        await flow.SettleAsync(new BatchWorker.Lifecycle.Usage(10, 20, 0));
        await flow.EnqueueAsync(2, tenant: null);
        await flow.EnqueueAsync(1, tenant: null, Other);
        var plan = await flow.Get<Planner>().PlanAsync(new RunFilter(), CancellationToken.None);
        Assert.That(plan.Batches.Select(batch => batch.Output), Is.EqualTo(new[] { new Spread(40, 40, 40), new Spread(20, 20, 20) }), "another job type of the model as well");
    }

    [Test]
    public async Task Nothing_in_the_store_changes()
    {
        await using var flow = await StartAsync(Day(2));
        await flow.EnqueueAsync(5, "a");
        await flow.DrainAsync();
        await flow.EnqueueAsync(5, "b", Other);
        var before = await PictureAsync(flow);
        var plan = await flow.Get<Planner>().PlanAsync(new RunFilter(), CancellationToken.None);
        Assert.That(plan.Held.Sum(held => held.Jobs), Is.EqualTo(8));
        Assert.That(await PictureAsync(flow), Is.EqualTo(before));
        Assert.That(before, Has.Count.GreaterThan(10));
    }

    [Test, Category("Long"), Explicit("Tells how long a plan of a large queue takes.")]
    public async Task A_plan_of_a_large_queue_looks_at_the_first_of_it()
    {
        await using var flow = await StartAsync(Day(1_000_000));
        for (var jobs = 0; jobs <= Planner.MostJobs; jobs += JobIntake.MaxJobs)
        {
            await flow.EnqueueAsync(JobIntake.MaxJobs, "a");
        }
        var begun = TimeProvider.System.GetTimestamp();
        var plan = await flow.Get<Planner>().PlanAsync(new RunFilter(), CancellationToken.None);
        TestContext.Out.WriteLine($"{plan.Batches.Sum(batch => batch.Packing.Jobs)} jobs planned in {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s, {GC.GetTotalMemory(forceFullCollection: true) >> 20} MiB");
        Assert.That((plan.IsComplete, plan.Batches.Sum(batch => batch.Packing.Jobs), plan.Batches.Sum(batch => batch.Exact)), Is.EqualTo((false, Planner.MostJobs, LaneEstimates.MostRead)).Using<(bool, int, int)>((one, other) => one.Item1 == other.Item1 && one.Item2 == other.Item2 && one.Item3 - other.Item3 < 256));
        begun = TimeProvider.System.GetTimestamp();
        var run = await flow.DrainAsync();
        TestContext.Out.WriteLine($"{run.Jobs} jobs drained under a budget in {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s");
    }

    /// <summary>Every key with its content.</summary>
    private static async Task<List<string>> PictureAsync(FlowHarness flow)
    {
        var store = flow.Get<LedgerStore>();
        var ledger = new LedgerHarness(await SharedRedis.ConnectionAsync(), store.Options.Namespace);
        var keys = (await LedgerKeys.FindAsync(ledger, await SharedRedis.ConnectionAsync()))
            .Concat(new[] { store.Keys.Meta, store.Keys.Switches, store.Keys.Budgets, store.Keys.BudgetHolds(new DateOnly(2026, 11, 23)), store.Keys.Batch(1), store.Keys.Manifest(1, 0), store.Keys.Accepted }.Select(key => key.ToString()))
            .Distinct().Order(StringComparer.Ordinal);
        var picture = new List<string>();
        foreach (var key in keys)
        {
            picture.Add($"{key} {await ContentAsync(ledger.Database, key)}");
        }
        return picture;
    }

    private static async Task<string> ContentAsync(IDatabase database, string key) => await database.KeyTypeAsync(key) switch
    {
        RedisType.Hash => string.Join(' ', (await database.HashGetAllAsync(key)).Select(field => $"{Hex(field.Name)}={Hex(field.Value)}").Order(StringComparer.Ordinal)),
        RedisType.SortedSet => string.Join(' ', (await database.SortedSetRangeByRankWithScoresAsync(key)).Select(entry => $"{Hex(entry.Element)}={entry.Score.ToString(CultureInfo.InvariantCulture)}")),
        RedisType.String => Hex(await database.StringGetAsync(key)),
        _ => "",
    };

    private static string Hex(RedisValue value) => Convert.ToHexString((byte[]?)value ?? []);
}
