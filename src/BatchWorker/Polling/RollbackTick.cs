using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Polling;

/// <summary>Lets the store be compared with what it was.</summary>
[DisallowConcurrentExecution]
internal sealed class RollbackTick(RollbackWatch watch, ILogger<RollbackTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => watch.LookAsync();
}
