using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>Looks jobs up; changes nothing.</summary>
internal sealed class JobQueries(LedgerStore store, Lanes lanes, BatchLedger batches, Settlements settlements, ErrorCodes codes)
{
    /// <summary>Views of jobs, in the order given.</summary>
    public async Task<IReadOnlyList<JobView>> ViewAsync(IReadOnlyList<long> sequences, IReadOnlyList<JobRecord> records)
    {
        var metadata = await JobSlots.ReadAsync(store.Database, sequences, store.Keys.Metadata);
        var batchRecords = await BatchesOfAsync(records);
        var views = new List<JobView>(sequences.Count);
        for (var i = 0; i < sequences.Count; i++)
        {
            var lane = await lanes.LaneOfAsync(records[i].Lane);
            views.Add(new JobView(records[i].IdOf(sequences[i]), records[i], lane, batchRecords.GetValueOrDefault(records[i].Batch), JobNotes.MetadataIn(metadata[i])));
        }
        return views;
    }

    /// <summary>The stored state of a job, cheap enough to wait on; null when there is none.</summary>
    public Task<JobRecord?> PeekAsync(JobId id) => JobRecords.FindAsync(store, id);

    public async Task<JobDetail?> FindAsync(JobId id)
    {
        if (await JobRecords.FindAsync(store, id) is not { } record)
        {
            return null;
        }
        var view = (await ViewAsync([id.Sequence], [record]))[0];
        var outcome = record.Has(JobFlags.EndedInBatch) ? await settlements.OutcomeAsync(record.Batch, record.Position) : null;
        var code = outcome is null ? null : await codes.CodeOfAsync(outcome.Code);
        return new JobDetail(view, await RequestAsync(id.Sequence), outcome, code, await HistoryAsync(id.Sequence, record, outcome));
    }

    private async Task<StoredRequest?> RequestAsync(long sequence)
    {
        var stored = await store.Database.HashGetAsync(store.Keys.Requests(JobSlots.BucketOf(sequence)), JobSlots.SlotOf(sequence));
        return stored.HasValue ? RequestCodec.Decode(((ReadOnlyMemory<byte>)stored).Span) : null;
    }

    private async Task<IReadOnlyList<HistoryLine>> HistoryAsync(long sequence, JobRecord record, OutcomeRecord? outcome)
    {
        var lines = new List<HistoryLine>();
        if (record.Has(JobFlags.HasHistory))
        {
            var stored = await store.Database.HashGetAsync(store.Keys.History(JobSlots.BucketOf(sequence)), JobSlots.SlotOf(sequence));
            foreach (var entry in HistoryCodec.Decode(stored))
            {
                lines.Add(await LineAsync(entry.Attempt, entry.Batch, entry.Outcome, await codes.CodeOfAsync(entry.Code), entry.AtMs));
            }
        }
        if (outcome is { Outcome: Outcome.Succeeded })
        {
            lines.Add(await LineAsync(record.Attempts, record.Batch, Outcome.Succeeded, null, outcome.AtMs));
        }
        return lines;
    }

    private async Task<HistoryLine> LineAsync(int attempt, long batch, Outcome outcome, string? code, long atMs) =>
        new(attempt, (await batches.ReadAsync(batch))?.Record.Id ?? "", outcome, code, DateTimeOffset.FromUnixTimeMilliseconds(atMs));

    private async Task<Dictionary<long, BatchRecord>> BatchesOfAsync(IEnumerable<JobRecord> records)
    {
        var numbers = records.Where(record => record.Batch != 0).Select(record => record.Batch).Distinct();
        var found = await Task.WhenAll(numbers.Select(batches.ReadAsync));
        return found.OfType<OwnedBatch>().ToDictionary(batch => batch.Number, batch => batch.Record);
    }
}
