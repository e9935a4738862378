using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Results;

/// <summary>Deletes some of the provider's copies whose days are over.</summary>
[DisallowConcurrentExecution]
internal sealed class ProviderFileTick(ProviderFileWorker worker, IHostApplicationLifetime lifetime, ILogger<ProviderFileTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => worker.RunOnceAsync(lifetime.ApplicationStopping);
}
