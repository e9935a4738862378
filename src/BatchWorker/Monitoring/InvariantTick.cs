using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Monitoring;

/// <summary>Lets the sampler look at the next part of the ledger.</summary>
[DisallowConcurrentExecution]
internal sealed class InvariantTick(InvariantSampler sampler, ILogger<InvariantTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => sampler.RunOnceAsync();
}
