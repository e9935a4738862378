namespace BatchWorker.Queue;

/// <summary>Reads jobs for rooms that decide about them.</summary>
internal sealed class JobReads(LedgerStore store)
{
    /// <summary>The jobs of these numbers, in their order; null where there is none.</summary>
    public Task<JobRecord?[]> ReadAsync(IReadOnlyList<long> sequences) => JobRecords.ReadAsync(store, sequences);

    /// <summary>Their requests; null where one is gone or damaged.</summary>
    public async Task<ReadOnlyMemory<byte>?[]> RequestsAsync(IReadOnlyList<long> sequences) =>
        Array.ConvertAll(
            await JobSlots.ReadAsync(store.Database, sequences, store.Keys.Requests),
            stored => stored.HasValue ? RequestCodec.Decode(((ReadOnlyMemory<byte>)stored).Span)?.Data : null);

    /// <summary>The values of the keys by which costs are added up, in their metadata.</summary>
    public async Task<IReadOnlyList<(string Key, string Value)>[]> CostValuesAsync(IReadOnlyList<long> sequences) =>
        store.Options.CostKeys.Count == 0 ? [.. sequences.Select(_ => Array.Empty<(string, string)>())] : Array.ConvertAll(
            await JobSlots.ReadAsync(store.Database, sequences, store.Keys.Metadata),
            metadata => (IReadOnlyList<(string, string)>)CostValues.In(metadata, store.Options.CostKeys));
}
