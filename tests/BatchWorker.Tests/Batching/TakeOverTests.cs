using BatchWorker.Batching;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using BatchWorker.Tests.Flow;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Batching;

/// <summary>Drains whose replica dies and does not come back.</summary>
internal sealed class TakeOverTests(StoreKind kind) : EachStore(kind)
{
    private const int Most = 100;
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(60);

    [Test]
    public async Task A_drain_that_was_only_begun_is_finished_by_another_replica()
    {
        var (one, two) = await StartAsync();
        await using (one)
        await using (two)
        {
            var ids = await one.EnqueueAsync(3);
            var run = await one.Get<RunLedger>().BeginAsync("api", new RunFilter());
            Assert.That(await two.Get<RunLedger>().TakeInterruptedAsync(Most, _ => false), Is.Empty, "its replica lives");

            one.Time.Advance(s_lease);
            await FinishAsync(two);
            run = (await two.Get<RunLedger>().FindAsync(run.Id))!;
            Assert.That((run.Owner, run.Claimed, run.Jobs, run.EndedAt is not null), Is.EqualTo(("two", true, 3, true)));
            Assert.That((await two.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Submitted));
        }
    }

    [Test]
    public async Task What_it_had_claimed_is_sealed_and_sent_and_the_rest_follows()
    {
        var (one, two) = await StartAsync();
        await using (one)
        await using (two)
        {
            var ids = await one.EnqueueAsync(3);
            var run = await one.Get<RunLedger>().BeginAsync("api", new RunFilter());
            var first = (await one.Get<JobClaims>().PeekAsync(1, double.NegativeInfinity, 1))[0];
            var fill = await one.Get<LaneOpener>().OpenAsync(run, first.Record);
            await one.Get<RunLedger>().SaveAsync(run with { Batches = [fill.BatchId] });
            await fill.AddAsync(first);
            await one.Get<JobClaims>().ClaimAsync((await one.Get<BatchLedger>().ReadAsync(fill.Number))!, [first]);

            one.Time.Advance(s_lease + s_lease);
            await FinishAsync(two);
            var ended = (await two.Get<RunLedger>().FindAsync(run.Id))!;
            Assert.That((ended.Batches.Count, ended.Jobs, ended.EndedAt is not null), Is.EqualTo((2, 3, true)));
            foreach (var id in ids)
            {
                Assert.That((await two.JobAsync(id)).View.State, Is.EqualTo(JobState.Submitted));
            }
            Assert.That(two.Provider.Creates, Is.EqualTo(2));
        }
    }

    [Test]
    public async Task Of_replicas_that_see_it_at_once_one_gets_it()
    {
        var ns = SharedRedis.NewNamespace();
        var ledger = new LedgerHarness(await SharedRedis.ConnectionAsync(), ns, "gone");
        await ledger.Lease.TakeAsync();
        var run = await ledger.Runs.BeginAsync("api", new RunFilter());
        ledger.Time.Advance(s_lease);
        var replicas = Enumerable.Range(0, 8).Select(i => ledger.Replica("new" + i)).ToArray();
        await Task.WhenAll(replicas.Select(replica => replica.Lease.TakeAsync()));
        var taken = await Task.WhenAll(replicas.Select(replica => replica.Runs.TakeInterruptedAsync(Most, _ => false)));
        Assert.That(taken.SelectMany(runs => runs).Select(mine => mine.Id), Is.EqualTo(new[] { run.Id }));
    }

    [Test]
    public async Task A_replica_that_comes_back_too_late_writes_nothing_down_any_more()
    {
        var (one, two) = await StartAsync();
        await using (one)
        await using (two)
        {
            await one.EnqueueAsync(2);
            var run = await one.Get<RunLedger>().BeginAsync("api", new RunFilter());
            one.Time.Advance(s_lease);
            Assert.That(await two.Get<RunLedger>().TakeInterruptedAsync(Most, _ => false), Has.Count.EqualTo(1));
            Assert.That(async () => await one.Get<Drainer>().RunAsync(run, CancellationToken.None), Throws.InstanceOf<RunTakenOverException>());
            Assert.That((await two.Get<RunLedger>().FindAsync(run.Id))!.Owner, Is.EqualTo("two"));
        }
    }

    [Test]
    public async Task A_restarted_replica_goes_on_at_once_and_a_drain_under_way_is_not_begun_twice()
    {
        var (ns, time) = (SharedRedis.NewNamespace(), new FakeTimeProvider(LedgerHarness.Start));
        string run;
        await using (var before = await FlowHarness.StartAsync(ns, time, owner: "one"))
        {
            run = (await before.Get<RunLedger>().BeginAsync("api", new RunFilter())).Id;
        }
        await using var after = await FlowHarness.StartAsync(ns, time, owner: "one");
        Assert.That(await after.Get<RunLedger>().TakeInterruptedAsync(Most, _ => true), Is.Empty);
        Assert.That((await after.Get<RunLedger>().TakeInterruptedAsync(Most, _ => false)).Select(mine => mine.Id), Is.EqualTo(new[] { run }));
    }

    [Test]
    public async Task The_stores_own_clock_decides()
    {
        var ledger = new LedgerHarness(await SharedRedis.ConnectionAsync(), SharedRedis.NewNamespace(), "one", configure: options => options with { UseProcessClock = false });
        await ledger.Lease.TakeAsync();
        await ledger.Runs.BeginAsync("api", new RunFilter());
        var other = new LedgerHarness(await SharedRedis.ConnectionAsync(), ledger.Store.Options.Namespace, "two", ledger.Time, options => options with { UseProcessClock = false });
        ledger.Time.Advance(TimeSpan.FromDays(400));
        Assert.That(await other.Runs.TakeInterruptedAsync(Most, _ => false), Is.Empty, "a process with a wrong clock takes nothing");
        await ledger.Lease.ReleaseAsync();
        Assert.That(await other.Runs.TakeInterruptedAsync(Most, _ => false), Has.Count.EqualTo(1));
    }

    private static async Task<(FlowHarness One, FlowHarness Two)> StartAsync()
    {
        var (ns, time) = (SharedRedis.NewNamespace(), new FakeTimeProvider(LedgerHarness.Start));
        var one = await FlowHarness.StartAsync(ns, time, owner: "one");
        return (one, await FlowHarness.StartAsync(ns, time, one.Provider, owner: "two"));
    }

    /// <summary>As its ticks do it.</summary>
    private static async Task FinishAsync(FlowHarness replica)
    {
        await replica.Get<OwnerLease>().RenewAsync();
        foreach (var run in await replica.Get<RunLedger>().TakeInterruptedAsync(Most, _ => false))
        {
            await replica.Get<Drainer>().RunAsync(run, CancellationToken.None);
        }
        await replica.PassAsync(TimeSpan.FromSeconds(4), steps: 4);
    }
}
