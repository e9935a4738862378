using BatchWorker.Archive;
using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>
/// What one batch did for one of its jobs: 64 bytes at the job's place in the batch's outcomes.
/// It is the copy from which a torn settlement is finished, so it holds all that a settlement changes.
/// </summary>
internal sealed record OutcomeRecord
{
    public const int Size = 64;

    /// <summary>The largest amount that fits: 72,057 USD. No single request costs so much.</summary>
    public const long MostPico = (1L << (8 * PicoBytes)) - 1;

    private const int PicoBytes = 7;

    /// <summary>Cache counts stop at 16.7 million: no prompt is so long.</summary>
    private const uint MostCached = (1 << (8 * CachedBytes)) - 1;
    private const int CachedBytes = 3;
    private const byte RequeuedFlag = 1;
    private const byte RetryableFlag = 2;
    private const byte CountedFlag = 4;
    private const byte StoredFlag = 8;
    private const byte PricedFlag = 16;
    private const byte NoRoomFlag = 32;
    private const byte SuspectFlag = 64;

    public required Outcome Outcome { get; init; }

    /// <summary>The job went back to the queue.</summary>
    public bool Requeued { get; init; }

    /// <summary>It went back because the provider had no room.</summary>
    public bool NoRoom { get; init; }

    /// <summary>It went back because its batch was refused as a whole for an unknown one of its jobs.</summary>
    public bool Suspect { get; init; }

    public bool Retryable { get; init; }

    /// <summary>The attempt counts: the provider had begun with the batch.</summary>
    public bool Counted { get; init; }

    /// <summary>Number of the error code; 0 for none.</summary>
    public int Code { get; init; }

    /// <summary>Number of the settlement that wrote it, from 1.</summary>
    public int Settlement { get; init; }

    public Usage Usage { get; init; }

    /// <summary>Pico-USD at the real-time price; null when the price is unknown.</summary>
    public long? RealtimePico { get; init; }

    /// <summary>Pico-USD paid; null when the price is unknown.</summary>
    public long? BatchPico { get; init; }

    /// <summary>It was billed, and nobody knows how much.</summary>
    public bool IsUnpriced => Outcome == Outcome.Succeeded && BatchPico is null;

    /// <summary>Where the answer is; null when nothing was stored.</summary>
    public ResultAddress? Address { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long AtMs { get; init; }

    /// <summary>Unix milliseconds from which a carry-over takes the job again; 0 when it did not go back.</summary>
    public long DueMs { get; init; }

    /// <summary>What becomes of a job that was at this place of a batch.</summary>
    public JobRecord Apply(JobRecord job, bool dropRequest)
    {
        var kept = job.Flags & (JobFlags.HasHistory | JobFlags.DataRemoved);
        var history = Counted && Outcome != Outcome.Succeeded ? JobFlags.HasHistory : JobFlags.None;
        var moved = job with { Attempts = job.Attempts + (Counted ? 1 : 0), ChangedMs = AtMs, DueMs = DueMs };
        if (Requeued)
        {
            return moved with { State = JobState.Queued, Flags = kept | history | JobFlags.CameBack | (NoRoom ? JobFlags.NoRoom : 0) | (Suspect ? JobFlags.Suspect : 0) };
        }
        var dropped = dropRequest && Outcome == Outcome.Succeeded ? JobFlags.DataRemoved : JobFlags.None;
        return moved with { State = EndState, Flags = kept | history | dropped | JobFlags.EndedInBatch, Callback = moved.Callback?.Next() };
    }

    /// <summary>How a job ends that does not go back.</summary>
    public JobState EndState => Outcome switch
    {
        Outcome.Succeeded => JobState.Succeeded,
        Outcome.Cancelled => JobState.Cancelled,
        _ => JobState.Failed,
    };

    private int Flags =>
        (Requeued ? RequeuedFlag : 0) | (Retryable ? RetryableFlag : 0) | (Counted ? CountedFlag : 0)
        | (NoRoom ? NoRoomFlag : 0) | (Suspect ? SuspectFlag : 0)
        | (Address is null ? 0 : StoredFlag) | (RealtimePico is null || BatchPico is null ? 0 : PricedFlag);

    public byte[] Pack()
    {
        var bytes = new byte[Size];
        var writer = new PackedWriter(bytes);
        var address = Address ?? default;
        writer.Put((byte)Outcome, 1);
        writer.Put(Flags, 1);
        writer.Put(Code, 2);
        writer.Put(Settlement, 3);
        writer.Put(Usage.InputTokens, 4);
        writer.Put(Usage.OutputTokens, 4);
        writer.Put(Math.Min(Usage.CachedTokens, MostCached), CachedBytes);
        writer.Put(Math.Min(Usage.CacheWriteTokens, MostCached), CachedBytes);
        writer.Put(Math.Min(Usage.HourCacheWriteTokens, MostCached), CachedBytes);
        writer.Put(RealtimePico ?? 0, PicoBytes);
        writer.Put(BatchPico ?? 0, PicoBytes);
        writer.Put(address.Segment, 4);
        writer.Put(address.Offset, 5);
        writer.Put(address.Index, 1);
        writer.Put(AtMs, 6);
        writer.Put(DueMs, 6);
        return bytes;
    }

    /// <summary>Null where no outcome was written yet.</summary>
    public static OutcomeRecord? Unpack(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Size || bytes[0] == 0)
        {
            return null;
        }
        var reader = new PackedReader(bytes);
        var outcome = (Outcome)reader.Take(1);
        var flags = (int)reader.Take(1);
        var code = (int)reader.Take(2);
        var settlement = (int)reader.Take(3);
        var usage = new Usage(
            (uint)reader.Take(4), (uint)reader.Take(4), (uint)reader.Take(CachedBytes), (uint)reader.Take(CachedBytes), (uint)reader.Take(CachedBytes));
        var realtime = reader.Take(PicoBytes);
        var batch = reader.Take(PicoBytes);
        var address = new ResultAddress((uint)reader.Take(4), reader.Take(5), (ushort)reader.Take(1));
        return new OutcomeRecord
        {
            Outcome = outcome,
            Requeued = (flags & RequeuedFlag) != 0,
            NoRoom = (flags & NoRoomFlag) != 0,
            Suspect = (flags & SuspectFlag) != 0,
            Retryable = (flags & RetryableFlag) != 0,
            Counted = (flags & CountedFlag) != 0,
            Code = code,
            Settlement = settlement,
            Usage = usage,
            RealtimePico = (flags & PricedFlag) != 0 ? realtime : null,
            BatchPico = (flags & PricedFlag) != 0 ? batch : null,
            Address = (flags & StoredFlag) != 0 ? address : null,
            AtMs = reader.Take(6),
            DueMs = reader.Take(6),
        };
    }
}
