using BatchWorker.Lifecycle;
using BatchWorker.Telemetry;

namespace BatchWorker.Queue;

/// <summary>What a batch did for the job at one of its places.</summary>
internal sealed record Settlement(int Position, long Sequence, OutcomeRecord Outcome);

/// <summary>
/// The verb settle: an outcome of a batch ends its job or sends it back. The outcome is written first, the job's move follows from it alone,
/// and the sums come last and as a whole, so that a settlement that was cut off is finished from the outcomes.
/// </summary>
internal sealed class Settlements(LedgerStore store, Instruments instruments)
{
    /// <summary>Outcomes in one settlement at most.</summary>
    public const int MaxOutcomes = 500;
    private readonly DayBook _days = new(store);
    private readonly CostValues _values = new(store);
    private readonly Reservations _reservations = new(store);

    private RedisKeys Keys => store.Keys;

    /// <summary>
    /// settle: batched, submitted → succeeded, failed, cancelled or queued, with money counted in the same script.
    /// Null when the batch is no longer ours. Outcomes must carry the number of the settlement: the batch's settlements + 1.
    /// </summary>
    public async Task<OwnedBatch?> SettleAsync(OwnedBatch batch, IReadOnlyList<Settlement> settlements)
    {
        if (settlements.Count == 0)
        {
            return batch;
        }
        var number = batch.Settlements + 1;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settlements.Count, MaxOutcomes);
        if (settlements.Any(settlement => settlement.Outcome.Settlement != number))
        {
            throw new ArgumentException($"Outcomes of settlement {number} of {batch.Record.Id} must carry its number.", nameof(settlements));
        }
        var sequences = settlements.Select(settlement => settlement.Sequence).ToArray();
        var jobs = await JobRecords.ReadAsync(store, sequences);
        var histories = await JobSlots.ReadAsync(store.Database, sequences, Keys.History);
        var outcomes = settlements.Select(settlement => settlement.Outcome).ToArray();
        var totals = batch.Totals.Add(number, outcomes);
        var reserved = await _reservations.ReleaseAsync(batch, settlements);
        var day = DayBook.DayOf(outcomes.Max(outcome => outcome.AtMs));
        for (; ; )
        {
            var page = await _days.OpenAsync(day, batch.Record.LaneNumber, batch.Number);
            var script = new SettlementScript(store, batch, jobs, histories);
            DayBook.Expect(script.Transaction, page);
            script.WriteOutcomes(settlements);
            script.MoveJobs(settlements);
            await AddToDayAsync(script.Transaction, page, number, settlements, [.. jobs.Select(job => job!)]);
            var differ = await script.Transaction
                .Write("HSET", Keys.Batch(batch.Number), [LedgerFields.Settlements, number, LedgerFields.Totals, totals.Pack(), .. reserved?.Pack() ?? []])
                .CommitAsync();
            if (differ.Length == 0)
            {
                Count(batch.Record.Lane, outcomes);
                return batch with { Settlements = number, Totals = totals, Reserved = reserved };
            }
            if (differ.Any(check => check < SettlementScript.BatchChecks))
            {
                return null;
            }
            if (differ is not [SettlementScript.BatchChecks]) // else only another batch has added to the day meanwhile
            {
                throw new InvalidOperationException($"Jobs of {batch.Record.Id} changed during their settlement.");
            }
        }
    }

    /// <summary>The batch's part of its day as a whole, and what has no price where it is looked for when a price comes.</summary>
    private async Task AddToDayAsync(LedgerTransaction transaction, DayPage page, int number, IReadOnlyList<Settlement> settlements, IReadOnlyList<JobRecord> jobs)
    {
        if (settlements.Any(settlement => settlement.Outcome.IsUnpriced))
        {
            transaction.Write("ZADD", Keys.UnpricedBatches, page.Batch, page.Batch);
        }
        var own = page.Own.Add(number, [.. settlements.Select(settlement => settlement.Outcome)], jobs);
        _days.Write(transaction, page, own, ReferenceEquals(own, page.Own) ? null : await _values.AddAsync(page, settlements));
    }

    private void Count(Lane lane, OutcomeRecord[] outcomes)
    {
        var (provider, jobType) = (lane.Provider.Wire(), lane.JobType);
        var ended = outcomes.Where(outcome => !outcome.Requeued).ToLookup(outcome => outcome.Outcome);
        instruments.JobsSucceeded(ended[Outcome.Succeeded].Count(), provider, jobType);
        instruments.JobsCancelled(ended[Outcome.Cancelled].Count(), provider, jobType);
        instruments.JobsFailed(ended.Where(group => group.Key is not (Outcome.Succeeded or Outcome.Cancelled)).Sum(group => group.Count()), provider, jobType);
        instruments.JobsRetried(outcomes.Count(outcome => outcome.Requeued), provider, jobType);
    }

    /// <summary>Finishes a settlement that was cut off: its outcomes are there, its sums are not.</summary>
    public async Task<OwnedBatch?> FinishAsync(OwnedBatch batch)
    {
        var open = new List<Settlement>();
        for (var chunk = 0; chunk < batch.ChunkCount; chunk++)
        {
            var outcomes = await OutcomesAsync(batch.Number, chunk);
            if (outcomes.Any(outcome => outcome?.Settlement > batch.Settlements))
            {
                var manifest = ManifestCodec.Decode((byte[])(await store.Database.StringGetAsync(Keys.Manifest(batch.Number, chunk)))!);
                open.AddRange(outcomes.Index()
                    .Where(outcome => outcome.Item?.Settlement > batch.Settlements)
                    .Select(outcome => new Settlement(chunk * RedisKeys.ChunkSize + outcome.Index, manifest[outcome.Index], outcome.Item!)));
            }
        }
        var isNext = open.TrueForAll(settlement => settlement.Outcome.Settlement == batch.Settlements + 1);
        return isNext || await IsOursAsync(batch) ? await SettleAsync(batch, open) : null;
    }

    /// <summary>Whether no other replica has taken a batch over since this one took it into its hands: one that stood still may find what another has done.</summary>
    public async Task<bool> IsOursAsync(OwnedBatch batch) => await store.Database.HashGetAsync(Keys.Batch(batch.Number), LedgerFields.Epoch) == batch.Epoch;

    /// <summary>Outcomes of one chunk by place; null where none is written, and shorter than the manifest when the last ones are missing.</summary>
    public async Task<OutcomeRecord?[]> OutcomesAsync(long batch, int chunk)
    {
        var bytes = (byte[]?)await store.Database.StringGetAsync(Keys.Outcomes(batch, chunk)) ?? [];
        return [.. bytes.Chunk(OutcomeRecord.Size).Select(record => OutcomeRecord.Unpack(record))];
    }

    /// <summary>The outcome at one place of a batch; null when none is written.</summary>
    public async Task<OutcomeRecord?> OutcomeAsync(long batch, int position)
    {
        var offset = position % RedisKeys.ChunkSize * OutcomeRecord.Size;
        var bytes = (byte[]?)await store.Database.StringGetRangeAsync(Keys.Outcomes(batch, position / RedisKeys.ChunkSize), offset, offset + OutcomeRecord.Size - 1);
        return OutcomeRecord.Unpack(bytes);
    }
}
