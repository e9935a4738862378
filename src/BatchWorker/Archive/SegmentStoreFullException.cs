namespace BatchWorker.Archive;

/// <summary>The store of results is at its cap. Nothing was written; what was flushed before stays.</summary>
internal sealed class SegmentStoreFullException() : IOException("The store of results is full.");
