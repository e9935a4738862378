using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Queue;

internal sealed class RunLedgerTests(StoreKind kind) : RedisFixture(kind)
{
    [Test]
    public async Task A_run_is_open_until_it_has_ended_and_listed_the_newest_first()
    {
        var runs = NewLedger().Runs;
        var first = await runs.BeginAsync("api", new RunFilter(JobType: "creative_scoring", MaxJobs: 7));
        var second = await runs.BeginAsync("schedule", new RunFilter());
        Assert.That((await runs.OpenAsync(10)).Select(run => run.Id), Is.EqualTo(new[] { first.Id, second.Id }));
        first = first with { Batches = ["batch_1"], Held = [new HeldJobs("lane", 3, "room")], Jobs = 7, Claimed = true, EndedAt = LedgerHarness.Start };
        await runs.SaveAsync(first);
        Assert.That((await runs.OpenAsync(10)).Select(run => run.Id), Is.EqualTo(new[] { second.Id }));
        Assert.That((await runs.ListAsync(long.MaxValue, 10)).Select(run => run.Id), Is.EqualTo(new[] { second.Id, first.Id }));
        Assert.That((await runs.ListAsync(RunLedger.NumberOf(second.Id), 10)).Select(run => run.Id), Is.EqualTo(new[] { first.Id }));
        Assert.That(RunId.TryParse(first.Id, out var id), Is.True);
        Assert.That((await runs.FindAsync(id))!.Pack(), Is.EqualTo(first.Pack()));
        Assert.That(await runs.FindAsync(new RunId(id.Value with { Tail = id.Value.Tail ^ 1 })), Is.Null);
    }
}
