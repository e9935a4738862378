using System.Text.Json;

namespace BatchWorker.Queue;

/// <summary>A create call as the journal keeps it: enough to put its batch back into a store that has forgotten it.</summary>
/// <param name="Batch">Number of the batch.</param>
/// <param name="Record">The batch as it was when the call was about to be sent.</param>
/// <param name="Jobs">Its jobs in their order, as in a manifest, a thousand each.</param>
/// <param name="Tails">The random tails of their ids, in the same order: a number alone may be given to another job by then.</param>
internal sealed record JournalEntry(long Batch, BatchRecord Record, IReadOnlyList<byte[]> Jobs, IReadOnlyList<byte[]> Tails)
{
    /// <summary>How the store calls it.</summary>
    public string Name => NameOf(Record);

    /// <summary>Every job as number and tail, in order.</summary>
    public IEnumerable<(long Sequence, long Tail)> ReadJobs() =>
        Jobs.Zip(Tails).SelectMany(chunk => ManifestCodec.Decode(chunk.First).Zip(ManifestCodec.Decode(chunk.Second)));

    public byte[] Pack() => JsonSerializer.SerializeToUtf8Bytes(this, LedgerJson.Default.JournalEntry);

    public static JournalEntry Unpack(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, LedgerJson.Default.JournalEntry) ?? throw new InvalidDataException("A journal entry is null.");

    /// <summary>The name of the create call that a record intends.</summary>
    public static string NameOf(BatchRecord record) => $"{record.Id}:{record.Attempt}";
}
