using Quartz;

namespace BatchWorker.Batching;

/// <summary>Lets batching look for work.</summary>
[DisallowConcurrentExecution]
internal sealed class SubmitTick(BatchingWorker worker, IHostApplicationLifetime lifetime) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await worker.RunOnceAsync(lifetime.ApplicationStopping);
}
