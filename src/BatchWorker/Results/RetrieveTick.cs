using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Results;

/// <summary>Lets the results room look for work.</summary>
[DisallowConcurrentExecution]
internal sealed class RetrieveTick(ResultsWorker worker, IHostApplicationLifetime lifetime, ILogger<RetrieveTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => worker.RunOnceAsync(lifetime.ApplicationStopping);
}
