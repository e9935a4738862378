using Quartz;

namespace BatchWorker.Polling;

/// <summary>Lets polling look for work.</summary>
[DisallowConcurrentExecution]
internal sealed class PollTick(PollingWorker worker, IHostApplicationLifetime lifetime) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await worker.RunOnceAsync(lifetime.ApplicationStopping);
}
