using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>
/// Keeps the log of a store in this process short: a checkpoint takes its place after each scheduled drain, when little else happens,
/// and whenever it has grown too long.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="guard">When the store has lost data, the log may still hold it.</param>
/// <param name="runs">Tells of drains.</param>
/// <param name="limit">Bytes from which it is too long.</param>
/// <param name="logger">Told of checkpoints.</param>
internal sealed class LogCompaction(StoreLog log, StoreGuard guard, RunLedger runs, LogLimit limit, ILogger<LogCompaction> logger)
{
    private const int RunsLookedAt = 50;
    private string? _compactedAfter;

    public async Task RunOnceAsync()
    {
        var size = await log.SizeAsync();
        if (size < limit.Worthwhile || guard.HasLost)
        {
            return;
        }
        var drained = (await runs.ListAsync(long.MaxValue, RunsLookedAt)).FirstOrDefault(run => run is { Trigger: ScheduledDrain.Trigger, EndedAt: not null })?.Id;
        if ((size >= limit.TooLong || drained != _compactedAfter) && await log.BeginCheckpointAsync())
        {
            Log.Compacting(logger, size);
            _compactedAfter = drained;
        }
    }
}

/// <summary>When the log of the store is compacted.</summary>
/// <param name="TooLong">Bytes from which it is, whenever that is.</param>
internal sealed record LogLimit(long TooLong)
{
    /// <summary>Bytes below which it never is: reading them at the next start takes no time.</summary>
    public long Worthwhile { get; init; } = 4 << 20;
}
