using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>
/// Puts a batch back into a store that has forgotten its create call. It ends in doubt, as after any call of unknown outcome:
/// its provider is asked whether it arrived, before any of its jobs may be sent again.
/// </summary>
internal sealed class Restoration(LedgerStore store, BatchLedger batches, JobClaims claims, Lanes lanes)
{
    private const string Reason = "The store went back in time.";

    /// <summary>
    /// What this replica has not sent yet goes back to the queue, but for the forgotten batches themselves: a forgotten call, of this replica
    /// or of another one, may have had the same jobs.
    /// </summary>
    public async Task ReleaseUnsentAsync(IReadOnlyList<JournalEntry> forgotten)
    {
        var kept = forgotten.Select(entry => entry.Record.Id).ToHashSet();
        foreach (var open in (await batches.OpenBatchesAsync()).Where(batch => IsUnsent(batch) && !kept.Contains(batch.Record.Id)))
        {
            if (await IsOwnAsync(open.Number) && await batches.OwnAsync(open.Number) is { } mine && IsUnsent(mine))
            {
                await batches.EndAsync(mine, new BatchEnding(BatchState.Failed, Leftover.Released), new BatchError(Rollbacks.Code, Reason), store.Now);
            }
        }
    }

    private static bool IsUnsent(OwnedBatch batch) =>
        batch is { State: BatchState.Preparing or BatchState.Submitting, Record: { Intent: null, ProvenAbsent.Count: 0 } };

    private async Task<bool> IsOwnAsync(long number) => await store.Database.HashGetAsync(store.Keys.Batch(number), LedgerFields.Owner) == store.Options.Owner;

    public async Task<Restored> PutBackAsync(JournalEntry entry)
    {
        var known = await batches.ReadAsync(entry.Batch);
        if (known?.Record.Id == entry.Record.Id && known.Record.Attempt >= entry.Record.Attempt)
        {
            return await NameAsync(entry, Restored.Known);
        }
        var jobs = await MissingAsync(entry);
        if (await IsAnyUnsentAsync(entry))
        {
            return Restored.NotYet;
        }
        if (known is null && jobs.Count == 0)
        {
            return await NameAsync(entry, Restored.NothingLeft);
        }
        var batch = await TakeAsync(known, entry);
        if (batch?.State == BatchState.Preparing)
        {
            (batch, jobs) = (await FillAsync(batch, jobs), []);
        }
        return batch is not null && jobs.Count == 0 && await DoubtAsync(batch, entry) ? await NameAsync(entry, Restored.PutBack) : Restored.NotYet;
    }

    /// <summary>Its jobs that wait again. A job that was forgotten with it can not be put back: its answer will be a stray.</summary>
    private async Task<List<WaitingJob>> MissingAsync(JournalEntry entry)
    {
        var missing = new List<WaitingJob>();
        foreach (var chunk in entry.ReadJobs().Chunk(RedisKeys.ChunkSize))
        {
            var records = await JobRecords.ReadAsync(store, Array.ConvertAll(chunk, job => job.Sequence));
            missing.AddRange(chunk.Zip(records)
                .Where(job => job.Second is { State: JobState.Queued } record && record.Tail == job.First.Tail)
                .Select(job => new WaitingJob(job.First.Sequence, job.Second!)));
        }
        return missing;
    }

    /// <summary>Whether some of its jobs were drained anew before anybody noticed, into a batch that has not been sent: they come back from there first.</summary>
    private async Task<bool> IsAnyUnsentAsync(JournalEntry entry)
    {
        var holders = new HashSet<long>();
        foreach (var chunk in entry.ReadJobs().Chunk(RedisKeys.ChunkSize))
        {
            var records = await JobRecords.ReadAsync(store, Array.ConvertAll(chunk, job => job.Sequence));
            holders.UnionWith(chunk.Zip(records)
                .Where(job => job.Second is { State: JobState.Batched } record && record.Tail == job.First.Tail && record.Batch != entry.Batch)
                .Select(job => job.Second!.Batch));
        }
        var found = await Task.WhenAll(holders.Select(batches.ReadAsync));
        return found.Any(batch => batch is { Record.ProviderBatchId: null, State: not BatchState.InDoubt });
    }

    /// <summary>Null when another replica or another batch has it, or when there are too many lanes.</summary>
    private async Task<OwnedBatch?> TakeAsync(OwnedBatch? known, JournalEntry entry)
    {
        if (known is not null)
        {
            return known.Record.Id != entry.Record.Id ? null : await batches.OwnAsync(entry.Batch) ?? await batches.SeizeAsync(known);
        }
        return await lanes.NumberOfAsync(entry.Record.Lane) is { } lane
            ? await batches.ReopenAsync(entry.Batch, entry.Record with { State = BatchState.Preparing, LaneNumber = lane, Intent = null, Attempt = 0, JobCount = 0 })
            : null;
    }

    private async Task<OwnedBatch?> FillAsync(OwnedBatch batch, List<WaitingJob> jobs)
    {
        foreach (var chunk in jobs.Chunk(RedisKeys.ChunkSize))
        {
            var claimed = await claims.ClaimAsync(batch, chunk);
            if (claimed.Batch is not { } next || claimed.Stale.Count > 0)
            {
                return null; // looked at again
            }
            batch = next;
        }
        return await claims.SealAsync(batch);
    }

    private async Task<bool> DoubtAsync(OwnedBatch batch, JournalEntry entry)
    {
        var intended = entry.Record;
        var sent = batch.Record with
        {
            State = BatchState.Submitting,
            Attempt = intended.Attempt,
            Account = intended.Account,
            Spool = intended.Spool,
            InputFileId = intended.InputFileId,
            ProvenAbsent = intended.ProvenAbsent,
            Intent = intended.Intent,
        };
        return await batches.ChangeAsync(batch, sent, store.Now) is { } known && await batches.DoubtAsync(known, Reason, store.Now) is not null;
    }

    private async Task<Restored> NameAsync(JournalEntry entry, Restored outcome)
    {
        await store.Begin().Write("ZADD", store.Keys.Submissions, entry.Record.Intent!.At.ToUnixTimeMilliseconds(), entry.Name).CommitAsync();
        return outcome;
    }
}

/// <summary>What came of putting a batch back.</summary>
internal enum Restored
{
    /// <summary>The store knows of the create call after all.</summary>
    Known,

    /// <summary>It is there, in doubt.</summary>
    PutBack,

    /// <summary>None of its jobs is there, nor is it: nothing can be paid for twice, and its answers belong to nobody.</summary>
    NothingLeft,

    /// <summary>Another replica has it or some of its jobs in hand, or its number is another batch's by now.</summary>
    NotYet,
}
