using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Batching;

/// <summary>Sets the guard of intake right, should a script that was cut off have left it behind.</summary>
[DisallowConcurrentExecution]
internal sealed class RecountTick(QueueCounts counts, ILogger<RecountTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => counts.RecountAsync();
}
