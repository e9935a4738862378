using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Monitoring;

/// <summary>Looks whether someone should know something.</summary>
[DisallowConcurrentExecution]
internal sealed class AlertTick(AlertWatch watch, ILogger<AlertTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => watch.RunOnceAsync();
}
