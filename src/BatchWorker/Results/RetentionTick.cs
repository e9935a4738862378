using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Results;

/// <summary>Lets the retention drop a piece of what is over.</summary>
[DisallowConcurrentExecution]
internal sealed class RetentionTick(RetentionWorker worker, IHostApplicationLifetime lifetime, ILogger<RetentionTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => worker.RunOnceAsync(lifetime.ApplicationStopping);
}
