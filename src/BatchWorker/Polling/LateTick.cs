using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Polling;

/// <summary>Lets ended batches be looked at again for submissions that turn up late.</summary>
[DisallowConcurrentExecution]
internal sealed class LateTick(LateLook late, IHostApplicationLifetime lifetime, ILogger<LateTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => late.RunOnceAsync(lifetime.ApplicationStopping);
}
