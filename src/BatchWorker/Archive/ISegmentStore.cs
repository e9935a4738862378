namespace BatchWorker.Archive;

/// <summary>
/// Keeps results in segments: append-only, immutable once closed, dropped as a whole.
/// Small enough an interface for an object store.
/// </summary>
internal interface ISegmentStore
{
    /// <summary>Begins a segment under a number that was never used before.</summary>
    Task<ISegmentWriter> CreateAsync(uint segment, CancellationToken cancellationToken);

    /// <summary>Whether a retrieval may begin: false when the store is so near its cap that it should wait.</summary>
    Task<bool> HasRoomAsync(CancellationToken cancellationToken);

    /// <summary>Reads one result; null when the segment is gone or damaged at this place.</summary>
    Task<ArchivedResult?> ReadAsync(ResultAddress address, CancellationToken cancellationToken);

    /// <summary>Reads the frame at an offset, to list the results of a batch without reading a frame twice; null when it is gone or damaged.</summary>
    Task<IReadOnlyList<ArchivedResult>?> ReadFrameAsync(uint segment, long offset, CancellationToken cancellationToken);

    /// <summary>
    /// Overwrites the body and the error text of one result; its code and its place stay, and so do its neighbours.
    /// No error when it is gone or erased already.
    /// </summary>
    Task EraseAsync(ResultAddress address, CancellationToken cancellationToken);

    /// <summary>Drops a segment; no error when it is gone already.</summary>
    Task DeleteAsync(uint segment, CancellationToken cancellationToken);
}

/// <summary>Appends to one segment. One writer, no concurrency.</summary>
internal interface ISegmentWriter : IAsyncDisposable
{
    /// <summary>Adds a result and tells where it will be; durable only after <see cref="FlushAsync"/>.</summary>
    ValueTask<ResultAddress> AppendAsync(ArchivedResult result, CancellationToken cancellationToken);

    /// <summary>
    /// Writes the open frame and makes everything appended so far durable (fsync on a file system).
    /// Throws <see cref="SegmentStoreFullException"/> where the store has a cap and is at it, as appending may.
    /// </summary>
    Task FlushAsync(CancellationToken cancellationToken);

    /// <summary>Flushes and adds the footer index. The segment is immutable from then on.</summary>
    Task CompleteAsync(CancellationToken cancellationToken);
}
