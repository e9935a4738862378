using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Batching;

/// <summary>Sends jobs that came back, as soon as they are due.</summary>
[DisallowConcurrentExecution]
internal sealed class CarryOverTick(DrainWorker drains, Drainer drainer, Switches switches, BatchingOptions options) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        if (options.CarryOver && !drains.IsBusy && !await switches.IsSchedulerStoppedAsync() && await drainer.AnythingDueAsync())
        {
            await drains.BeginAsync(Drainer.CarryOver, new RunFilter());
        }
    }
}
