using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Batching;

/// <summary>Lets batching look for work.</summary>
[DisallowConcurrentExecution]
internal sealed class SubmitTick(BatchingWorker worker, IHostApplicationLifetime lifetime, ILogger<SubmitTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => worker.RunOnceAsync(lifetime.ApplicationStopping);
}
