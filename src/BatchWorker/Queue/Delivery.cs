namespace BatchWorker.Queue;

/// <summary>How far the delivery of an event is.</summary>
internal enum DeliveryState : byte
{
    /// <summary>It was not delivered yet and is tried on.</summary>
    Pending = 1,

    Delivered = 2,

    /// <summary>Every attempt failed.</summary>
    Exhausted = 3,

    /// <summary>The receiver said that it is gone.</summary>
    Disabled = 4,
}

/// <summary>Why an attempt failed.</summary>
internal enum DeliveryError : byte
{
    None = 0,

    /// <summary>The receiver answered with another status than 2xx.</summary>
    Status = 1,

    /// <summary>No connection, or one that broke.</summary>
    Unreachable = 2,

    Timeout = 3,

    /// <summary>The address leads to where callbacks may not go.</summary>
    Blocked = 4,

    /// <summary>The receiver has answered 410, to this event or to another one under the same address.</summary>
    Gone = 5,
}

/// <summary>The delivery of one event as it is stored beside its job, 21 bytes. An event without one was not tried yet.</summary>
internal sealed record Delivery
{
    public const int Size = 21;
    private const byte Version = 1;

    /// <summary>Which end of the job it tells of: 1 for the first.</summary>
    public required int Event { get; init; }

    public DeliveryState State { get; init; } = DeliveryState.Pending;

    /// <summary>Attempts that were made.</summary>
    public int Attempts { get; init; }

    /// <summary>Of the last attempt.</summary>
    public DeliveryError Error { get; init; }

    /// <summary>HTTP status of the last attempt; 0 when there was no answer.</summary>
    public int Status { get; init; }

    /// <summary>Unix milliseconds of the last attempt; 0 before the first.</summary>
    public long LastMs { get; init; }

    /// <summary>Unix milliseconds of the next attempt; 0 for none.</summary>
    public long NextMs { get; init; }

    public byte[] Pack()
    {
        var bytes = new byte[Size];
        var writer = new PackedWriter(bytes);
        writer.Put(Version, 1);
        writer.Put(Event, 2);
        writer.Put((byte)State, 1);
        writer.Put(Attempts, 2);
        writer.Put((byte)Error, 1);
        writer.Put(Status, 2);
        writer.Put(LastMs, 6);
        writer.Put(NextMs, 6);
        return bytes;
    }

    /// <summary>Null for no record.</summary>
    public static Delivery? Unpack(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Size)
        {
            return null;
        }
        var reader = new PackedReader(bytes);
        if (reader.Take(1) is not Version and var version)
        {
            throw new InvalidDataException($"A delivery has version {version}; this version reads {Version}.");
        }
        return new Delivery
        {
            Event = (int)reader.Take(2),
            State = (DeliveryState)reader.Take(1),
            Attempts = (int)reader.Take(2),
            Error = (DeliveryError)reader.Take(1),
            Status = (int)reader.Take(2),
            LastMs = reader.Take(6),
            NextMs = reader.Take(6),
        };
    }
}
