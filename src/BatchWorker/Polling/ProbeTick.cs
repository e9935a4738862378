using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Polling;

/// <summary>Probes providers that are away.</summary>
[DisallowConcurrentExecution]
internal sealed class ProbeTick(ProviderProbes probes, IHostApplicationLifetime lifetime, ILogger<ProbeTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => probes.RunOnceAsync(lifetime.ApplicationStopping);
}
