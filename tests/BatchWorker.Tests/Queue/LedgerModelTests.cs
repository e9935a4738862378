using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using CsCheck;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Queue;

/// <summary>Random walks through the verbs of the ledger beside a model of plain collections; after every step both say the same.</summary>
internal sealed class LedgerModelTests(StoreKind kind) : RedisFixture(kind)
{
    private const int Walks = 60;
    private const int Replicas = 8;

    private static readonly Gen<Step> s_step = Gen.Frequency(
        (4, Gen.Select(Gen.Int[1, 12], Gen.Int[1, 10]).Select((jobs, priority) => (Step)new Step.Enqueue(jobs, priority))),
        (3, Gen.Int[1, 15].Select(most => (Step)new Step.Claim(most))),
        (4, Gen.Select(Gen.Int[0, 20], Gen.Int[0, 4].Array[1, 10]).Select((batch, fates) => (Step)new Step.Settle(batch, fates))),
        (1, Gen.Int[0, 100].Select(job => (Step)new Step.Cancel(job))),
        (1, Gen.Int[0, 100].Select(job => (Step)new Step.Retry(job))));

    [Test]
    public async Task The_ledger_and_its_model_agree_after_every_step() =>
        await s_step.Array[5, 40].SampleAsync(
            async steps =>
            {
                var model = new LedgerModel(NewLedger(NewNamespace()));
                foreach (var step in steps)
                {
                    await model.TakeAsync(step);
                    await model.CompareAsync();
                }
            },
            iter: Walks,
            threads: 1);

    [Test]
    public async Task Of_many_replicas_that_drain_at_once_no_two_get_the_same_job_and_none_is_lost() =>
        await Gen.Select(Gen.Int[1, 10].Array[20, 300], Gen.Int[1, 60]).SampleAsync(
            async (priorities, most) =>
            {
                var ledger = NewLedger(NewNamespace());
                var ids = await ledger.EnqueueAsync([.. priorities.Select(priority => Job(priority))]);
                var drains = Enumerable.Range(0, Replicas).Select(replica => DrainAsync(ledger.Replica($"replica {replica}"), most));
                var manifests = (await Task.WhenAll(drains)).SelectMany(drain => drain).ToArray();

                Assert.That(manifests.SelectMany(manifest => manifest), Is.EquivalentTo(ids.Select(id => id.Sequence)));
                var places = ids.Index().ToDictionary(id => id.Item.Sequence, id => JobRecord.Place(priorities[id.Index], id.Item.Sequence));
                foreach (var manifest in manifests)
                {
                    Assert.That(manifest.Select(sequence => places[sequence]), Is.Ordered);
                }
                Assert.That((await ledger.Counts.CountAsync()).Total, Is.Zero);
            },
            iter: Walks / 4,
            threads: 1);

    /// <summary>Claims batch after batch until nothing is left, meeting what the others took.</summary>
    private static async Task<List<IReadOnlyList<long>>> DrainAsync(LedgerHarness replica, int most)
    {
        var manifests = new List<IReadOnlyList<long>>();
        for (var waiting = await replica.PeekAsync(most: most); waiting.Count > 0; waiting = await replica.PeekAsync(most: most))
        {
            var batch = await replica.Batches.OpenAsync(await replica.Batches.NextNumberAsync(), await replica.LaneAsync(), runId: null);
            var claim = await replica.Claims.ClaimAsync(batch, waiting);
            if (claim.Stale.Count == 0)
            {
                Assert.That(claim.Batch!.Claimed, Is.EqualTo(waiting.Count));
                manifests.Add(await replica.Claims.ManifestAsync(batch.Number, 0));
            }
        }
        return manifests;
    }
}
