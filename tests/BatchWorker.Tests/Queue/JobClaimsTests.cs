using System.Security.Cryptography;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Queue;

internal sealed class JobClaimsTests(StoreKind kind) : RedisFixture(kind)
{
    [Test]
    public async Task Jobs_are_peeked_by_priority_then_by_acceptance()
    {
        var ledger = NewLedger();
        int[] priorities = [1, 10, 5, 10, 1, 9];
        var ids = await ledger.EnqueueAsync([.. priorities.Select(priority => Job(priority))]);
        var expected = new[] { 1, 3, 5, 2, 0, 4 }.Select(i => ids[i].Sequence);
        Assert.That((await ledger.PeekAsync()).Select(job => job.Sequence), Is.EqualTo(expected));
    }

    [Test]
    public async Task A_lane_is_read_on_behind_the_last_place()
    {
        var ledger = NewLedger();
        var ids = await ledger.EnqueueAsync(5);
        var first = await ledger.PeekAsync(most: 2);
        var rest = await ledger.Claims.PeekAsync(await ledger.LaneAsync(), first[^1].Place, 10);
        Assert.That(first.Concat(rest).Select(job => job.Sequence), Is.EqualTo(ids.Select(id => id.Sequence)));
    }

    [Test]
    public async Task Claimed_jobs_are_in_the_manifest_and_nowhere_else()
    {
        var ledger = NewLedger();
        var ids = await ledger.EnqueueAsync(Job(), Job(10), Job());
        var batch = await ledger.ClaimAsync(most: 2);
        Assert.That(batch.Claimed, Is.EqualTo(2));
        Assert.That(await ledger.Claims.ManifestAsync(batch.Number, 0), Is.EqualTo(new[] { ids[1].Sequence, ids[0].Sequence }));
        Assert.That(await ledger.StatesAsync(ids), Is.EqualTo(new[] { JobState.Batched, JobState.Batched, JobState.Queued }));
        Assert.That((await ledger.RecordAsync(ids[0])).Position, Is.EqualTo(1));
        Assert.That((await ledger.PeekAsync()).Select(job => job.Sequence), Is.EqualTo(new[] { ids[2].Sequence }));
        Assert.That((long)await ledger.Database.HashGetAsync(ledger.Keys.Meta, LedgerFields.Waiting), Is.EqualTo(1));
    }

    [Test]
    public async Task A_batch_grows_by_chunks_of_a_thousand_and_then_by_a_last_one()
    {
        var ledger = NewLedger();
        await ledger.EnqueueAsync(1000);
        await ledger.EnqueueAsync(1000);
        var last = await ledger.EnqueueAsync(3);
        var batch = await ledger.Batches.OpenAsync(await ledger.LaneAsync(), null);
        for (var left = 3; left > 0; left--)
        {
            batch = (await ledger.Claims.ClaimAsync(batch, await ledger.PeekAsync())).Batch!;
        }
        Assert.That(batch.Claimed, Is.EqualTo(2003));
        Assert.That(batch.ChunkCount, Is.EqualTo(3));
        Assert.That(await ledger.Claims.ManifestAsync(batch.Number, 2), Is.EqualTo(last.Select(id => id.Sequence)));
        Assert.That((await ledger.RecordAsync(last[2])).Position, Is.EqualTo(2002));
        Assert.That(() => ledger.Claims.ClaimAsync(batch, [new WaitingJob(1, new JobRecord { State = JobState.Queued, Lane = 1, Priority = 1, MaxAttempts = 1, Tail = 0, DataSize = 0, InputUnits = 1 })]), Throws.InvalidOperationException);
    }

    [Test]
    public async Task Of_two_claims_of_the_same_jobs_one_gets_them_and_the_other_learns_which_are_gone()
    {
        var ledger = NewLedger();
        var ids = await ledger.EnqueueAsync(3);
        var seen = await ledger.PeekAsync();
        var first = await ledger.Batches.OpenAsync(await ledger.LaneAsync(), null);
        await ledger.Claims.ClaimAsync(first, [seen[1]]);
        var second = await ledger.Batches.OpenAsync(await ledger.LaneAsync(), null);
        var refused = await ledger.Claims.ClaimAsync(second, seen);
        Assert.That(refused.Stale, Is.EqualTo(new[] { ids[1].Sequence }));
        Assert.That(refused.Batch!.Claimed, Is.Zero);
        var claimed = await ledger.Claims.ClaimAsync(refused.Batch, [seen[0], seen[2]]);
        Assert.That(claimed.Batch!.Claimed, Is.EqualTo(2));
    }

    [Test]
    public async Task A_job_cancelled_between_peek_and_claim_is_not_claimed()
    {
        var ledger = NewLedger();
        var ids = await ledger.EnqueueAsync(2);
        var seen = await ledger.PeekAsync();
        await ledger.Desk.CancelAsync(ids[0]);
        var batch = await ledger.Batches.OpenAsync(await ledger.LaneAsync(), null);
        Assert.That((await ledger.Claims.ClaimAsync(batch, seen)).Stale, Is.EqualTo(new[] { ids[0].Sequence }));
        Assert.That(await ledger.StatesAsync(ids), Is.EqualTo(new[] { JobState.Cancelled, JobState.Queued }));
    }

    [Test]
    public async Task Nothing_is_claimed_into_a_batch_that_another_replica_took_over()
    {
        var ledger = NewLedger();
        await ledger.EnqueueAsync(1);
        var batch = await ledger.Batches.OpenAsync(await ledger.LaneAsync(), null);
        await ledger.Replica("two").Batches.OwnAsync(batch.Number);
        Assert.That((await ledger.Claims.ClaimAsync(batch, await ledger.PeekAsync())).Batch, Is.Null);
        Assert.That(await ledger.PeekAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_sealed_batch_names_its_jobs_by_a_hash()
    {
        var ledger = NewLedger();
        await ledger.EnqueueAsync(3);
        var batch = (await ledger.Claims.SealAsync(await ledger.ClaimAsync()))!;
        var manifest = (byte[])(await ledger.Database.StringGetAsync(ledger.Keys.Manifest(batch.Number, 0)))!;
        Assert.That(batch.State, Is.EqualTo(BatchState.Submitting));
        Assert.That(batch.Record.JobCount, Is.EqualTo(3));
        Assert.That(batch.Record.ManifestSha256, Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(manifest))));
    }

    [Test]
    public async Task Jobs_that_came_back_are_peeked_when_they_are_due_and_claimed_once()
    {
        var ledger = NewLedger();
        var id = (await ledger.EnqueueAsync(1))[0];
        await ledger.SettleAsync(await ledger.ClaimAsync(), ledger.Retried());
        Assert.That(await ledger.Claims.PeekDueAsync(0, 10), Is.Empty);
        ledger.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.That((await ledger.Claims.PeekDueAsync(0, 10)).Select(job => job.Sequence), Is.EqualTo(new[] { id.Sequence }));
        await ledger.ClaimAsync();
        Assert.That(await ledger.Claims.PeekDueAsync(0, 10), Is.Empty);
    }

    [Test]
    public async Task A_batch_that_is_being_filled_is_looked_at_only_when_its_drain_has_been_silent_for_a_lease()
    {
        var ledger = NewLedger();
        await ledger.EnqueueAsync(1);
        var lease = ledger.Store.Options.Lease;
        var batch = await ledger.Batches.OpenAsync(await ledger.LaneAsync(), null);
        ledger.Time.Advance(lease / 2);
        Assert.That(await ledger.Batches.DueAsync(BatchWork.Prepare, 10), Is.Empty);
        await ledger.Claims.ClaimAsync(batch, await ledger.PeekAsync());
        ledger.Time.Advance(lease / 2 + TimeSpan.FromMilliseconds(1));
        Assert.That(await ledger.Batches.DueAsync(BatchWork.Prepare, 10), Is.Empty);
        ledger.Time.Advance(lease / 2);
        Assert.That(await ledger.Batches.DueAsync(BatchWork.Prepare, 10), Is.EqualTo(new[] { batch.Number }));
    }
}
