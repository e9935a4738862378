using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Queue;

internal sealed class DayTotalsTests(StoreKind kind) : RedisFixture(kind)
{
    private static readonly long s_day = DayTotals.DayOf(LedgerHarness.Start.ToUnixTimeMilliseconds());

    [Test]
    public async Task The_parts_of_batches_join_the_rest_once_wherever_it_is_cut_off()
    {
        var writes = await CutOffScript.AtEveryWriteAsync(
            async () =>
            {
                var ledger = NewLedger(NewNamespace());
                return (ledger, (First: await EndAsync(ledger), Second: await EndAsync(ledger)));
            },
            async (ledger, scene) => await new DayTotals(ledger.Store).FoldAsync(scene.First),
            async (ledger, scene) =>
            {
                await new DayTotals(ledger.Store).FoldAsync(scene.First);
                await Task.WhenAll(new DayTotals(ledger.Store).FoldAsync(scene.Second), new DayTotals(ledger.Store).FoldAsync(scene.Second));
                var stored = await ledger.Database.HashGetAllAsync(ledger.Keys.Day(s_day, 1));
                var rest = BatchTotals.Unpack(stored.Single(field => field.Name == DayTotals.Rest).Value);
                Assert.That((rest.Succeeded, rest.BatchPico, rest.InputTokens), Is.EqualTo((4, 4_000L, 400L)));
                Assert.That(stored.Where(field => field.Name != DayTotals.Rest).Select(field => field.Value.Length()), Is.All.Zero);
            });
        Assert.That(writes, Is.EqualTo(2));
    }

    private static async Task<OwnedBatch> EndAsync(LedgerHarness ledger)
    {
        await ledger.EnqueueAsync(2);
        var batch = await ledger.MoveAsync((await ledger.Claims.SealAsync(await ledger.ClaimAsync()))!, BatchState.Submitted, BatchState.Retrieving);
        return await ledger.MoveAsync((await ledger.SettleAsync(batch, ledger.Succeeded(), ledger.Succeeded()))!, BatchState.Completed);
    }
}
