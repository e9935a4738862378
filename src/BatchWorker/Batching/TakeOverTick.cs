using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Batching;

/// <summary>Looks for drains whose replica is gone.</summary>
[DisallowConcurrentExecution]
internal sealed class TakeOverTick(DrainWorker drains, ILogger<TakeOverTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => drains.TakeOverAsync();
}
