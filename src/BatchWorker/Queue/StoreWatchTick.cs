using Quartz;

namespace BatchWorker.Queue;

/// <summary>Asks a store in this process whether it is still there.</summary>
[DisallowConcurrentExecution]
internal sealed class StoreWatchTick(StoreWatch watch, ILogger<StoreWatchTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => watch.LookAsync();
}
