namespace BatchWorker.Queue;

/// <summary>Reads the states of jobs for rooms that decide about them.</summary>
internal sealed class JobReads(LedgerStore store)
{
    /// <summary>The jobs of these numbers, in their order; null where there is none.</summary>
    public Task<JobRecord?[]> ReadAsync(IReadOnlyList<long> sequences) => JobRecords.ReadAsync(store, sequences);
}
