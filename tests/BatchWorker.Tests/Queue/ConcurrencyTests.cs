using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Queue;

/// <summary>Every verb at the same time on the same few buckets: a store that did not run scripts one by one would lose or double something.</summary>
internal sealed class ConcurrencyTests(StoreKind kind) : RedisFixture(kind)
{
    private const int Chunks = 40;
    private const int ChunkSize = 25;
    private const int Accepted = Chunks * ChunkSize;

    [Test]
    public async Task Enqueue_claim_settle_and_cancel_beside_one_another_keep_every_job_in_one_place()
    {
        var ledger = NewLedger();
        var ids = new List<JobId>(await ledger.EnqueueAsync(ChunkSize));
        var enqueueing = EnqueueAsync(ledger, ids);
        var cancelling = CancelAsync(ledger, ids, enqueueing);
        var settled = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => DrainAsync(ledger, Task.WhenAll(enqueueing, cancelling))));
        await enqueueing;
        var cancelled = await cancelling;

        Assert.That(ids.Select(id => id.Sequence), Is.EquivalentTo(Enumerable.Range(1, Accepted).Select(sequence => (long)sequence)), "each number was given once");
        var states = (await ledger.StatesAsync([.. ids])).CountBy(state => state).ToDictionary();
        Assert.That(states.GetValueOrDefault(JobState.Cancelled), Is.EqualTo(cancelled));
        Assert.That(states.GetValueOrDefault(JobState.Succeeded), Is.EqualTo(settled.Sum()));
        Assert.That(cancelled + settled.Sum(), Is.EqualTo(Accepted), "none waits and none is lost");
        Assert.That(cancelled, Is.Positive);
        await AssertNothingIsLeftAsync(ledger, settled.Sum());
    }

    private static async Task EnqueueAsync(LedgerHarness ledger, List<JobId> ids)
    {
        for (var chunk = 1; chunk < Chunks; chunk++)
        {
            var accepted = await ledger.EnqueueAsync([.. Enumerable.Range(0, ChunkSize).Select(i => Job(1 + (i % QueueCounts.Priorities)))]);
            lock (ids)
            {
                ids.AddRange(accepted);
            }
        }
    }

    /// <summary>Cancels about every seventh job, as long as others come.</summary>
    private static async Task<int> CancelAsync(LedgerHarness ledger, List<JobId> ids, Task enqueueing)
    {
        var cancelled = 0;
        for (var next = 3; ; next += 7)
        {
            JobId[] known;
            lock (ids)
            {
                known = [.. ids];
            }
            if (next >= known.Length && enqueueing.IsCompleted)
            {
                return cancelled;
            }
            var id = known[next % known.Length];
            if ((await ledger.RecordAsync(id)).State == JobState.Queued && await ledger.Desk.CancelAsync(id) == DeskAnswer.Done)
            {
                cancelled++;
            }
        }
    }

    /// <summary>Claims and settles until nothing waits and nothing more comes; answers how many jobs succeeded in its batches.</summary>
    private static async Task<int> DrainAsync(LedgerHarness ledger, Task others)
    {
        var settled = 0;
        while (true)
        {
            var last = others.IsCompleted;
            var waiting = await ledger.PeekAsync(most: 60);
            if (waiting.Count == 0 && last)
            {
                return settled;
            }
            if (waiting.Count > 0)
            {
                settled += await SettleAsync(ledger, waiting);
            }
        }
    }

    private static async Task<int> SettleAsync(LedgerHarness ledger, List<WaitingJob> waiting)
    {
        var batch = await ledger.Batches.OpenAsync(await ledger.LaneAsync(), null);
        var claim = await ledger.Claims.ClaimAsync(batch, waiting);
        if (claim.Stale.Count > 0 && waiting.Where(job => !claim.Stale.Contains(job.Sequence)).ToArray() is { Length: > 0 } left)
        {
            claim = await ledger.Claims.ClaimAsync(batch, left);
        }
        batch = claim.Batch!;
        batch = await ledger.MoveAsync(batch, BatchState.Submitting, BatchState.Submitted, BatchState.Retrieving);
        if (batch.Claimed > 0)
        {
            await ledger.SettleAsync(batch, [.. Enumerable.Repeat(ledger.Succeeded(), batch.Claimed)]);
        }
        return batch.Claimed;
    }

    private async Task AssertNothingIsLeftAsync(LedgerHarness ledger, int succeeded)
    {
        var counts = await ledger.Counts.CountAsync();
        Assert.That((counts.Total, counts.Dead), Is.EqualTo((0L, 0L)));
        Assert.That((long)await Database.HashGetAsync(ledger.Keys.Meta, LedgerFields.Waiting), Is.Zero, "the guard of intake counts as the queues do");
        long requests = 0;
        for (var bucket = 0L; bucket <= Accepted / RedisKeys.BucketSize; bucket++)
        {
            requests += await Database.HashLengthAsync(ledger.Keys.Requests(bucket));
        }
        Assert.That(requests, Is.EqualTo(Accepted - succeeded), "only those that did not succeed keep their request");
    }
}
