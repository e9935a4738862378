using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using StackExchange.Redis;

namespace BatchWorker.Tests.Queue;

/// <summary>Every invariant is violated on purpose, past all verbs, and found; a ledger that nobody touched is as it must be.</summary>
internal sealed class LedgerAuditTests(StoreKind kind) : RedisFixture(kind)
{
    private const string Leftover = "leftover ";

    /// <summary>What is broken, the invariant, and how. Leftovers are no violation where the store may be cut off inside a script.</summary>
    private static readonly Dictionary<string, (string Invariant, Func<AuditScene, Task> Break)> s_breaks = new()
    {
        ["a queued job is in no queue"] = (Invariants.OnePlace, scene => scene.Database.SortedSetRemoveAsync(scene.Keys.Waiting(scene.Lane), Member(scene.Waiting[0]))),
        ["a queued job jumps the queue"] = (Invariants.OnePlace, scene => scene.Database.SortedSetAddAsync(scene.Keys.Waiting(scene.Lane), Member(scene.Waiting[0]), 1)),
        ["a batched job is in no batch"] = (Invariants.OnePlace, scene => scene.ForgeAsync(scene.Sent[0], job => job with { Batch = 99 })),
        ["a batched job is at another's place"] = (Invariants.OnePlace, scene => scene.ForgeAsync(scene.Sent[0], job => job with { Position = 1 })),
        ["a job of an ended batch is batched again"] = (Invariants.OnePlace, scene => scene.ForgeAsync(scene.Settled[0], job => job with { State = JobState.Batched, Flags = JobFlags.DataRemoved })),
        ["a job left its batch without an outcome"] = (Invariants.OnePlace, scene => scene.ForgeAsync(scene.Sent[0], job => job with { State = JobState.Cancelled })),
        ["a sealed manifest has changed"] = (Invariants.OnePlace, scene => scene.Database.StringSetAsync(scene.Keys.Manifest(scene.Submitted.Number, 0), ManifestCodec.Encode([.. scene.Sent.Reverse().Select(id => id.Sequence)]))),
        ["a manifest is gone"] = (Invariants.OnePlace, scene => scene.Database.KeyDeleteAsync(scene.Keys.Manifest(scene.Submitted.Number, 0))),
        ["a batch is gone"] = (Invariants.OnePlace, scene => scene.Database.KeyDeleteAsync(scene.Keys.Batch(scene.Submitted.Number))),
        ["a queue holds what was never accepted"] = (Invariants.OnePlace, scene => scene.Database.SortedSetAddAsync(scene.Keys.Due, JobSlots.MemberOf(999), 1)),
        ["a queue holds a job of another lane"] = (Invariants.OnePlace, scene => scene.Database.SortedSetAddAsync(scene.Keys.Waiting(scene.Lane), Member(scene.Sent[0]), 1)),
        [Leftover + "a batched job is in a queue"] = (Invariants.OnePlace, scene => scene.Database.SortedSetAddAsync(scene.Keys.Waiting(scene.Submitted.Record.LaneNumber), Member(scene.Sent[0]), 1)),
        [Leftover + "an ended job is in a queue"] = (Invariants.OnePlace, scene => scene.Database.SortedSetAddAsync(scene.Keys.Due, Member(scene.Settled[0]), 1)),
        ["a job is lost"] = (Invariants.NothingLost, scene => scene.Database.HashDeleteAsync(scene.Keys.States(0), JobSlots.SlotOf(scene.Waiting[0].Sequence))),
        ["a request is lost"] = (Invariants.NothingLost, scene => scene.Database.HashDeleteAsync(scene.Keys.Requests(0), JobSlots.SlotOf(scene.Sent[0].Sequence))),
        ["a job is in two batches"] = (Invariants.OneBatch, scene => scene.ForgeAsync(scene.Sent[0], job => job with { Batch = scene.Creating.Number })),
        ["a batch has a job twice"] = (Invariants.OneBatch, scene => scene.Database.StringSetAsync(scene.Keys.Manifest(scene.Submitted.Number, 0), ManifestCodec.Encode([scene.Sent[0].Sequence, scene.Sent[0].Sequence]))),
        ["a provider's batch is another's"] = (Invariants.OneBinding, scene => scene.Database.HashSetAsync(scene.Keys.Bound(AuditScene.Account), "pb-2", scene.Ended.Number)),
        ["a create lane is another's"] = (Invariants.OneBinding, scene => scene.Database.HashSetAsync(scene.Keys.CreateLanes, AuditScene.Account, scene.Ended.Number)),
        ["a job has too many attempts"] = (Invariants.Attempts, scene => scene.ForgeAsync(scene.Waiting[0], job => job with { Attempts = job.MaxAttempts + 1 })),
        ["an end has no outcome"] = (Invariants.Answered, scene => scene.Database.KeyDeleteAsync(scene.Keys.Outcomes(scene.Ended.Number, 0))),
        ["an end is not what its batch says"] = (Invariants.Answered, scene => scene.ForgeAsync(scene.Settled[2], job => job with { State = JobState.Succeeded })),
        ["an answer is gone"] = (Invariants.Answered, scene => scene.Segments.DeleteAsync(1, CancellationToken.None)),
        ["an answer is another job's"] = (Invariants.Answered, async scene =>
        {
            var other = (await scene.Ledger.Settlements.OutcomeAsync(scene.Ended.Number, 1))!.Address;
            await scene.ForgeAsync(0, outcome => outcome with { Address = other });
        }),
        ["an end is told to nobody"] = (Invariants.Told, scene => scene.ForgeAsync(scene.Settled[0], job => job with { Callback = new CallbackMark(1, 1) })),
        ["an epoch falls"] = (Invariants.Epoch, async scene =>
        {
            await scene.Database.HashSetAsync(scene.Keys.Batch(scene.Submitted.Number), LedgerFields.Epoch, 5);
            Assert.That(await scene.VerifyAsync(), Is.Empty);
            await scene.Database.HashSetAsync(scene.Keys.Batch(scene.Submitted.Number), LedgerFields.Epoch, 4);
        }),
        ["a job costs more than its batch says"] = (Invariants.Money, scene => scene.ForgeAsync(0, outcome => outcome with { BatchPico = outcome.BatchPico + 1 })),
        ["a batch costs more than its jobs"] = (Invariants.Money, scene => scene.Database.HashSetAsync(
            scene.Keys.Batch(scene.Ended.Number), LedgerFields.Totals, (scene.Ended.Totals with { BatchPico = scene.Ended.Totals.BatchPico + 1 }).Pack())),
        ["a day costs more than its batches"] = (Invariants.Money, scene => scene.Database.HashSetAsync(
            scene.Keys.Day(DayBook.DayOf(scene.Ledger.Store.NowMs), scene.Lane), scene.Ended.Number, (scene.Ended.Totals with { BatchPico = 0 }).Pack())),
        ["a batch holds back more than its jobs"] = (Invariants.Budget, scene => scene.Database.HashSetAsync(scene.Keys.Batch(scene.Submitted.Number), LedgerFields.Reserved, 15)),
        ["a batch holds back less than its jobs"] = (Invariants.Budget, scene => scene.Database.HashSetAsync(scene.Keys.Batch(scene.Submitted.Number), LedgerFields.Reserved, 0)),
        ["a batch holds back for a value that no job has"] = (Invariants.Budget, scene => scene.Database.HashSetAsync(
            scene.Keys.Batch(scene.Submitted.Number), LedgerFields.ReservedByValue, ValueSums.None.Add("tenant", "acme", new ValueTotals(1, 0, 0, 7), ValueSums.None).Pack())),
        ["what a batch holds back is gone"] = (Invariants.Budget, scene => scene.Database.KeyDeleteAsync(scene.Keys.Reserved(scene.Submitted.Number, 0))),
        ["an open batch is not among the open ones"] = (Invariants.Reach, scene => scene.Database.SortedSetRemoveAsync(scene.Keys.OpenBatches, scene.Submitted.Number)),
        ["nobody looks at a batch"] = (Invariants.Reach, scene => scene.Database.SortedSetRemoveAsync(scene.Keys.Work(BatchWork.Poll), scene.Submitted.Number)),
        ["no list finds a job"] = (Invariants.Reach, scene => scene.Database.SortedSetRemoveAsync(scene.Keys.Index(scene.Lane, JobState.Succeeded), 0)),
        ["no list finds a bucket"] = (Invariants.Reach, scene => scene.Database.SortedSetRemoveAsync(scene.Keys.Buckets, 0)),
        ["no carry-over finds a job"] = (Invariants.Reach, scene => scene.Database.SortedSetRemoveAsync(scene.Keys.Due, Member(scene.Settled[4]))),
        ["nobody looks for a not_before"] = (Invariants.Reach, scene => scene.Database.SortedSetRemoveAsync(scene.Keys.Delayed, Member(scene.Waiting[1]))),
        ["nobody looks for a deadline"] = (Invariants.Reach, scene => scene.Database.SortedSetRemoveAsync(scene.Keys.Deadlines, Member(scene.Waiting[2]))),
        [Leftover + "a failed job is not counted"] = (Invariants.Reach, scene => scene.Database.SortedSetRemoveAsync(scene.Keys.Dead, Member(scene.Settled[2]))),
        [Leftover + "an ended batch is among the open ones"] = (Invariants.Reach, scene => scene.Database.SortedSetAddAsync(scene.Keys.OpenBatches, scene.Ended.Number, scene.Ended.Number)),
    };

    public static IEnumerable<string> Breaks => s_breaks.Keys;

    [Test]
    public async Task Nothing_is_wrong_with_a_ledger_that_only_its_verbs_have_touched()
    {
        var summary = new AuditSummary();
        var scene = await AuditScene.BuildAsync(NewLedger());
        Assert.That(await scene.VerifyAsync(summary), Is.Empty);
        Assert.That((summary.Jobs.Values.Sum(), summary.Batches, summary.Busy), Is.EqualTo((13L, 3L, 0L)));
        Assert.That(summary.Jobs[JobState.Succeeded], Is.EqualTo(2));
    }

    [TestCaseSource(nameof(Breaks))]
    public async Task A_violation_is_found(string broken)
    {
        var scene = await AuditScene.BuildAsync(NewLedger());
        var (invariant, act) = s_breaks[broken];
        await act(scene);
        var found = await scene.VerifyAsync();
        if (broken.StartsWith(Leftover, StringComparison.Ordinal) && scene.Ledger.Store.Options.CutsScripts)
        {
            Assert.That(found, Is.Empty, "whoever meets it finishes it");
        }
        else
        {
            Assert.That(found.Select(violation => violation.Invariant), Does.Contain(invariant), string.Join('\n', found));
        }
    }

    [Test]
    public async Task The_sampler_comes_round_to_every_bucket_and_batch()
    {
        var ledger = NewLedger();
        var scene = await AuditScene.BuildAsync(ledger);
        await ledger.EnqueueAsync(1000);
        await ledger.EnqueueAsync(1000);
        await scene.ForgeAsync(scene.Waiting[0], job => job with { Attempts = 9 });
        await ledger.Database.HashDeleteAsync(ledger.Keys.Requests(7), 3);
        await ledger.Database.HashDeleteAsync(ledger.Keys.Bound(AuditScene.Account), "pb-1");
        var found = new List<Violation>();
        for (var part = 0; part < 6; part++)
        {
            found.AddRange(await scene.Sample.NextAsync());
        }
        Assert.That(found.Select(violation => violation.Invariant).Distinct(), Is.EquivalentTo(new[] { Invariants.Attempts, Invariants.NothingLost, Invariants.OneBinding }));
    }

    private static RedisValue Member(JobId job) => JobSlots.MemberOf(job.Sequence);
}
