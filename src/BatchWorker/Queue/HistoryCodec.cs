using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>One counted attempt that did not succeed.</summary>
/// <param name="Attempt">Its number since acceptance or the last retry by hand.</param>
/// <param name="Batch">Number of the batch.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Code">Number of the error code.</param>
/// <param name="AtMs">Unix milliseconds.</param>
internal sealed record HistoryEntry(int Attempt, long Batch, Outcome Outcome, int Code, long AtMs);

/// <summary>The attempts of a job: 15 bytes each, the oldest first.</summary>
internal static class HistoryCodec
{
    private const int Size = 15;

    /// <summary>Adds an entry; nothing when its batch is there already.</summary>
    public static byte[] Append(byte[]? stored, HistoryEntry entry)
    {
        var known = stored ?? [];
        if (Decode(known).Any(old => old.Batch == entry.Batch))
        {
            return known;
        }
        var bytes = new byte[known.Length + Size];
        known.CopyTo(bytes, 0);
        var writer = new PackedWriter(bytes.AsSpan(known.Length));
        writer.Put(entry.Attempt, 1);
        writer.Put(entry.Batch, 5);
        writer.Put((byte)entry.Outcome, 1);
        writer.Put(entry.Code, 2);
        writer.Put(entry.AtMs, 6);
        return bytes;
    }

    public static List<HistoryEntry> Decode(byte[]? stored)
    {
        var entries = new List<HistoryEntry>();
        for (var at = 0; stored is not null && at + Size <= stored.Length; at += Size)
        {
            var reader = new PackedReader(stored.AsSpan(at, Size));
            entries.Add(new HistoryEntry((int)reader.Take(1), reader.Take(5), (Outcome)reader.Take(1), (int)reader.Take(2), reader.Take(6)));
        }
        return entries;
    }
}
