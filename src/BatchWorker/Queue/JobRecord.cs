using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>Facts about a job that are true or not.</summary>
[Flags]
internal enum JobFlags : byte
{
    None = 0,

    /// <summary><see cref="JobRecord.DueMs"/> is the caller's not_before.</summary>
    Delayed = 1,

    /// <summary>It came back from a batch; <see cref="JobRecord.DueMs"/> is when a carry-over takes it.</summary>
    CameBack = 2,

    /// <summary>It came back because the provider had no room.</summary>
    NoRoom = 4,

    /// <summary>Its request was dropped.</summary>
    DataRemoved = 8,

    /// <summary>Attempts that did not succeed are in the history.</summary>
    HasHistory = 16,

    /// <summary>Its deadline passed while it was queued.</summary>
    Overdue = 32,

    /// <summary>Its end is the outcome of the batch and position it names.</summary>
    EndedInBatch = 64,

    /// <summary>A batch that held it was refused without a reason that names a line; it is sent again in smaller company.</summary>
    Suspect = 128,
}

/// <summary>
/// The state of a job as it is stored: 53 bytes, 59 with a callback, so that a bucket of 256 stays a listpack (64 bytes a value at most).
/// The first six bytes are the acceptance time, which the enqueue script writes.
/// </summary>
internal sealed record JobRecord
{
    public const int Size = 53;
    public const int CreatedBytes = 6;
    private const byte Version = 1;
    private const byte VersionWithCallback = 2;
    private const int CallbackSize = 6;

    /// <summary>Unix milliseconds of acceptance, by the store's clock.</summary>
    public long CreatedMs { get; init; }

    public required JobState State { get; init; }

    public JobFlags Flags { get; init; }

    /// <summary>Number of the lane.</summary>
    public required int Lane { get; init; }

    public required int Priority { get; init; }

    /// <summary>Counted attempts since acceptance or the last retry by hand.</summary>
    public int Attempts { get; init; }

    public required int MaxAttempts { get; init; }

    /// <summary>The random tail of the id.</summary>
    public required long Tail { get; init; }

    /// <summary>Bytes of the request.</summary>
    public required int DataSize { get; init; }

    /// <summary>Embedding inputs of the request.</summary>
    public required int InputUnits { get; init; }

    /// <summary>Number of the current or last batch; 0 for none.</summary>
    public long Batch { get; init; }

    /// <summary>Place in that batch.</summary>
    public int Position { get; init; }

    /// <summary>Unix milliseconds of the last change.</summary>
    public long ChangedMs { get; init; }

    /// <summary>Unix milliseconds: not_before, or when it may be sent again; 0 for none.</summary>
    public long DueMs { get; init; }

    /// <summary>Unix milliseconds; 0 for none.</summary>
    public long DeadlineMs { get; init; }

    /// <summary>Null: its end is told to nobody.</summary>
    public CallbackMark? Callback { get; init; }

    public bool Has(JobFlags flag) => (Flags & flag) != 0;

    /// <summary>Where it stands in its lane: priority first, then acceptance. Exact in a double.</summary>
    public double PlaceOf(long sequence) => Place(Priority, sequence);

    /// <inheritdoc cref="PlaceOf"/>
    public static double Place(int priority, long sequence) => ((10L - priority) << 44) + sequence;

    public bool IsOverdue(long nowMs) => DeadlineMs != 0 && DeadlineMs <= nowMs;

    public JobId IdOf(long sequence) => new(new Ulid(CreatedMs, sequence, Tail));

    public byte[] Pack()
    {
        var bytes = new byte[Callback is null ? Size : Size + CallbackSize];
        var writer = new PackedWriter(bytes);
        writer.Put(CreatedMs, CreatedBytes);
        writer.Put(Callback is null ? Version : VersionWithCallback, 1);
        writer.Put((byte)State, 1);
        writer.Put((byte)Flags, 1);
        writer.Put(Lane, 2);
        writer.Put(Priority, 1);
        writer.Put(Attempts, 1);
        writer.Put(MaxAttempts, 1);
        writer.Put(Tail, 5);
        writer.Put(DataSize, 4);
        writer.Put(InputUnits, 3);
        writer.Put(Batch, 5);
        writer.Put(Position, 3);
        writer.Put(ChangedMs, 6);
        writer.Put(DueMs, 6);
        writer.Put(DeadlineMs, 6);
        if (Callback is { } callback)
        {
            writer.Put(callback.Host, 4);
            writer.Put(callback.Ends, 2);
        }
        return bytes;
    }

    public static JobRecord Unpack(ReadOnlySpan<byte> bytes)
    {
        var reader = new PackedReader(bytes);
        var created = reader.Take(CreatedBytes);
        var version = reader.Take(1);
        if (version is not (Version or VersionWithCallback))
        {
            throw new InvalidDataException($"A job record has version {version}; this version reads {Version} and {VersionWithCallback}.");
        }
        return new JobRecord
        {
            CreatedMs = created,
            State = (JobState)reader.Take(1),
            Flags = (JobFlags)reader.Take(1),
            Lane = (int)reader.Take(2),
            Priority = (int)reader.Take(1),
            Attempts = (int)reader.Take(1),
            MaxAttempts = (int)reader.Take(1),
            Tail = reader.Take(5),
            DataSize = (int)reader.Take(4),
            InputUnits = (int)reader.Take(3),
            Batch = reader.Take(5),
            Position = (int)reader.Take(3),
            ChangedMs = reader.Take(6),
            DueMs = reader.Take(6),
            DeadlineMs = reader.Take(6),
            Callback = version == Version ? null : new CallbackMark((uint)reader.Take(4), (int)reader.Take(2)),
        };
    }
}
