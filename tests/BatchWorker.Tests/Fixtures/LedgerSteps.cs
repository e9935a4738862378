using System.Security.Cryptography;
using System.Text;
using BatchWorker.Archive;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Tests.Fixtures;

/// <summary>The usual steps of a test on the ledger, each through the verbs that the daemon uses.</summary>
internal static class LedgerSteps
{
    public static NewJob Job(int priority = 5, Lane? lane = null, string data = """{"model":"gpt-4o"}""") =>
        new() { Lane = lane ?? LedgerHarness.Chat, Priority = priority, Data = Encoding.UTF8.GetBytes(data), MaxAttempts = 3 };

    /// <summary>What is remembered of a key; the content stands for the whole job.</summary>
    public static IdempotencyMark Mark(string key, string content = "same") =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes(key))[..IdempotencyKeys.KeySize], SHA256.HashData(Encoding.UTF8.GetBytes(content))[..IdempotencyKeys.ContentSize]);

    public static async Task<JobId[]> EnqueueAsync(this LedgerHarness ledger, params NewJob[] jobs)
    {
        var result = await ledger.Intake.EnqueueAsync(jobs, allOrNothing: true);
        return [.. result.Jobs.Select(job => job.Id!.Value)];
    }

    public static Task<JobId[]> EnqueueAsync(this LedgerHarness ledger, int count) =>
        ledger.EnqueueAsync([.. Enumerable.Range(0, count).Select(_ => Job())]);

    public static async Task<int> LaneAsync(this LedgerHarness ledger, Lane? lane = null) =>
        (await ledger.Lanes.NumberOfAsync(lane ?? LedgerHarness.Chat))!.Value;

    public static async Task<List<WaitingJob>> PeekAsync(this LedgerHarness ledger, Lane? lane = null, int most = RedisKeys.ChunkSize) =>
        await ledger.Claims.PeekAsync(await ledger.LaneAsync(lane), double.NegativeInfinity, most);

    /// <summary>Opens a batch of a lane and claims what waits there.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="lane">The lane.</param>
    /// <param name="most">Jobs at most.</param>
    /// <param name="reserve">Pico-USD that are held back for each job; null where there are no budgets.</param>
    public static async Task<OwnedBatch> ClaimAsync(this LedgerHarness ledger, Lane? lane = null, int most = RedisKeys.ChunkSize, long? reserve = null)
    {
        var batch = await ledger.Batches.OpenAsync(await ledger.Batches.NextNumberAsync(), await ledger.LaneAsync(lane), runId: null);
        var jobs = await ledger.PeekAsync(lane, most);
        return (await ledger.Claims.ClaimAsync(batch, jobs, reserve is { } pico ? TermsOf(jobs, pico) : null)).Batch!;
    }

    /// <summary>The same amount for each job, whatever others have claimed.</summary>
    public static ClaimTerms TermsOf(IEnumerable<WaitingJob> jobs, long pico) => new(null, jobs.ToDictionary(job => job.Sequence, _ => pico));

    /// <summary>Moves a batch through states without a provider.</summary>
    public static async Task<OwnedBatch> MoveAsync(this LedgerHarness ledger, OwnedBatch batch, params BatchState[] states)
    {
        foreach (var state in states)
        {
            batch = (await ledger.Batches.ChangeAsync(batch, batch.Record with { State = state }, ledger.Store.Now))!;
        }
        return batch;
    }

    /// <summary>Settles the first places of a batch in one settlement, each with the outcome given for it.</summary>
    public static async Task<OwnedBatch?> SettleAsync(this LedgerHarness ledger, OwnedBatch batch, params OutcomeRecord[] outcomes)
    {
        var manifest = await ledger.Claims.ManifestAsync(batch.Number, 0);
        return await ledger.Settlements.SettleAsync(
            batch, [.. outcomes.Select((outcome, i) => new Settlement(i, manifest[i], outcome with { Settlement = batch.Settlements + 1 }))]);
    }

    public static OutcomeRecord Succeeded(this LedgerHarness ledger) => new()
    {
        Outcome = Outcome.Succeeded,
        Counted = true,
        Usage = new Usage(100, 20, 10),
        RealtimePico = 2_000,
        BatchPico = 1_000,
        Address = new ResultAddress(1, 64, 0),
        AtMs = ledger.Store.NowMs,
    };

    /// <summary>A counted failure that goes back to the queue after a minute.</summary>
    public static OutcomeRecord Retried(this LedgerHarness ledger, int code = 0) => new()
    {
        Outcome = Outcome.Failed,
        Requeued = true,
        Retryable = true,
        Counted = true,
        Code = code,
        AtMs = ledger.Store.NowMs,
        DueMs = ledger.Store.NowMs + 60_000,
    };

    /// <summary>An end: failed, cancelled or lost.</summary>
    public static OutcomeRecord Ended(this LedgerHarness ledger, Outcome outcome, int code = 0) =>
        new() { Outcome = outcome, Counted = outcome != Outcome.Cancelled, Code = code, AtMs = ledger.Store.NowMs };

    /// <summary>Back to the queue at once, without an attempt.</summary>
    public static OutcomeRecord Released(this LedgerHarness ledger) =>
        new() { Outcome = Outcome.Failed, Requeued = true, Retryable = true, AtMs = ledger.Store.NowMs, DueMs = ledger.Store.NowMs };

    public static async Task<JobRecord> RecordAsync(this LedgerHarness ledger, JobId id) => (await ledger.Queries.PeekAsync(id))!;

    public static async Task<JobState[]> StatesAsync(this LedgerHarness ledger, params JobId[] ids)
    {
        var records = await JobRecords.ReadAsync(ledger.Store, [.. ids.Select(id => id.Sequence)]);
        return Array.ConvertAll(records, record => record!.State);
    }
}
