using Quartz;

namespace BatchWorker.Polling;

/// <summary>Probes providers that are away.</summary>
[DisallowConcurrentExecution]
internal sealed class ProbeTick(ProviderProbes probes, IHostApplicationLifetime lifetime) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await probes.RunOnceAsync(lifetime.ApplicationStopping);
}
