namespace BatchWorker.Benchmarks;

/// <summary>What may befall the redis-server while batches are out.</summary>
internal enum StoreAccident
{
    /// <summary>The server is killed and the end of its append-only file is gone, cut at any byte.</summary>
    TruncatedTail,

    /// <summary>The server is gone; a replica that had everything takes its place.</summary>
    Failover,

    /// <summary>The server is gone; a replica that lagged takes its place, and what it had not heard of is lost.</summary>
    LaggingFailover,
}
