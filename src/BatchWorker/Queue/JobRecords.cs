using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>Reads the packed states of jobs.</summary>
internal static class JobRecords
{
    /// <summary>The job of an id; null when there is none or the id was guessed.</summary>
    public static async Task<JobRecord?> FindAsync(LedgerStore store, JobId id)
    {
        var bytes = (byte[]?)await store.Database.HashGetAsync(store.Keys.States(JobSlots.BucketOf(id.Sequence)), JobSlots.SlotOf(id.Sequence));
        return bytes is not null && JobRecord.Unpack(bytes) is var job && job.IdOf(id.Sequence) == id ? job : null;
    }

    /// <summary>The jobs of these numbers, in their order; null where there is none.</summary>
    public static async Task<JobRecord?[]> ReadAsync(LedgerStore store, IReadOnlyList<long> sequences) =>
        Array.ConvertAll(
            await JobSlots.ReadAsync(store.Database, sequences, store.Keys.States),
            value => value.HasValue ? JobRecord.Unpack(((ReadOnlyMemory<byte>)value).Span) : null);
}
