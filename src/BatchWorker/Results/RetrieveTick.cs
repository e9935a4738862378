using Quartz;

namespace BatchWorker.Results;

/// <summary>Lets the results room look for work.</summary>
[DisallowConcurrentExecution]
internal sealed class RetrieveTick(ResultsWorker worker, IHostApplicationLifetime lifetime) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await worker.RunOnceAsync(lifetime.ApplicationStopping);
}
