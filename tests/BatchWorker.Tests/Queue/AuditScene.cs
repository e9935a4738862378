using BatchWorker.Archive;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using BatchWorker.Tests.Flow;
using StackExchange.Redis;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Queue;

/// <summary>
/// A ledger with jobs in every state: an ended batch with each outcome, a batch with its provider, one about to be created, and jobs that wait in each way.
/// </summary>
internal sealed class AuditScene
{
    public const string Account = "00112233aabbccdd";
    private readonly LedgerAudit _audit;

    private AuditScene(LedgerHarness ledger)
    {
        Ledger = ledger;
        var (store, days) = (ledger.Store, new DayBook(ledger.Store));
        var batches = new BatchAudit(store, ledger.Batches, new BatchParts(store, ledger.Settlements), days, Segments);
        _audit = new LedgerAudit(store, new JobAudit(store, ledger.Batches, ledger.Claims, ledger.Settlements), batches, new QueueAudit(store, ledger.Lanes), new AuditOptions(TimeSpan.Zero, TimeProvider.System));
        Sample = new LedgerSample(store, _audit);
    }

    public LedgerHarness Ledger { get; }

    public MemorySegments Segments { get; } = new();

    public LedgerSample Sample { get; }

    /// <summary>Succeeded twice, failed, cancelled by its batch, sent back, lost.</summary>
    public JobId[] Settled { get; private set; } = [];

    /// <summary>Queued; one for later, one with a deadline, one cancelled.</summary>
    public JobId[] Waiting { get; private set; } = [];

    /// <summary>Two jobs at the provider.</summary>
    public JobId[] Sent { get; private set; } = [];

    public OwnedBatch Ended { get; private set; } = null!;

    public OwnedBatch Submitted { get; private set; } = null!;

    public OwnedBatch Creating { get; private set; } = null!;

    public int Lane { get; private set; }

    public RedisKeys Keys => Ledger.Keys;

    public IDatabase Database => Ledger.Database;

    public static async Task<AuditScene> BuildAsync(LedgerHarness ledger)
    {
        var scene = new AuditScene(ledger);
        await scene.SettleAsync();
        scene.Lane = await ledger.LaneAsync();
        scene.Sent = await ledger.EnqueueAsync(Job(lane: LedgerHarness.Messages), Job(lane: LedgerHarness.Messages));
        scene.Submitted = await scene.SubmitAsync(await ledger.ClaimAsync(LedgerHarness.Messages, reserve: 7), "pb-2");
        await ledger.EnqueueAsync(Job(lane: LedgerHarness.Messages));
        var creating = (await ledger.Claims.SealAsync(await ledger.ClaimAsync(LedgerHarness.Messages)))!;
        var intent = new SubmitIntent(1, Account, ledger.Store.Now, null, null, 1) { HoldsLane = true };
        scene.Creating = (await ledger.Batches.ChangeAsync(creating, creating.Record with { Account = Account, Attempt = 1, Intent = intent }, ledger.Store.Now))!;
        scene.Waiting = await ledger.EnqueueAsync(
            Job(7), Job() with { NotBefore = LedgerHarness.Start.AddDays(1) }, Job() with { Deadline = LedgerHarness.Start.AddDays(1) }, Job());
        await ledger.Desk.CancelAsync(scene.Waiting[3]);
        return scene;
    }

    public async Task<List<Violation>> VerifyAsync(AuditSummary? summary = null)
    {
        var found = new List<Violation>();
        await foreach (var violation in _audit.VerifyAsync(summary ?? new AuditSummary()))
        {
            found.Add(violation);
        }
        return found;
    }

    /// <summary>Writes another state of a job, past every verb.</summary>
    public async Task ForgeAsync(JobId job, Func<JobRecord, JobRecord> change)
    {
        var forged = change(await Ledger.RecordAsync(job));
        await Database.SortedSetAddAsync(Keys.Index(forged.Lane, forged.State), JobSlots.BucketOf(job.Sequence), JobSlots.BucketOf(job.Sequence));
        await Database.HashSetAsync(Keys.States(JobSlots.BucketOf(job.Sequence)), JobSlots.SlotOf(job.Sequence), forged.Pack());
    }

    /// <summary>Writes another outcome at a place of the ended batch.</summary>
    public async Task ForgeAsync(int place, Func<OutcomeRecord, OutcomeRecord> change) =>
        await Database.StringSetRangeAsync(Keys.Outcomes(Ended.Number, 0), place * OutcomeRecord.Size, change((await Ledger.Settlements.OutcomeAsync(Ended.Number, place))!).Pack());

    private async Task<OwnedBatch> SubmitAsync(OwnedBatch batch, string providerBatch)
    {
        batch = (await Ledger.Claims.SealAsync(batch))!;
        var submitted = batch.Record with { State = BatchState.Submitted, Account = Account, ProviderBatchId = providerBatch, SubmittedAt = Ledger.Store.Now };
        return (await Ledger.Batches.ChangeAsync(batch, submitted, Ledger.Store.Now))!;
    }

    private async Task SettleAsync()
    {
        Settled = await Ledger.EnqueueAsync(6);
        var batch = await Ledger.MoveAsync(await SubmitAsync(await Ledger.ClaimAsync(), "pb-1"), BatchState.Retrieving);
        await using var writer = await Segments.CreateAsync(1, CancellationToken.None);
        var addresses = new List<ResultAddress>();
        foreach (var job in Settled.Take(2))
        {
            addresses.Add(await writer.AppendAsync(new ArchivedResult(job.Sequence, "{}"u8.ToArray(), null), CancellationToken.None));
        }
        await writer.CompleteAsync(CancellationToken.None);
        OutcomeRecord[] outcomes =
        [
            Ledger.Succeeded() with { Address = addresses[0] }, Ledger.Succeeded() with { Address = addresses[1] },
            Ledger.Ended(Outcome.Failed), Ledger.Ended(Outcome.Cancelled), Ledger.Retried(), Ledger.Ended(Outcome.Missing),
        ];
        Ended = await Ledger.MoveAsync((await Ledger.SettleAsync(batch, outcomes))!, BatchState.Completed);
    }
}
