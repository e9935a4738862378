using Quartz;

namespace BatchWorker.Monitoring;

/// <summary>Samples what the gauges show.</summary>
[DisallowConcurrentExecution]
internal sealed class SampleTick(QueueSampler sampler) : IJob
{
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => new(sampler.RunOnceAsync());
}
