using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Batching;

/// <summary>Sends jobs that came back, as soon as they are due.</summary>
[DisallowConcurrentExecution]
internal sealed class CarryOverTick(DrainWorker drains, Drainer drainer, Switches switches, BatchingOptions options, ILogger<CarryOverTick> logger) : StoreTick(logger)
{
    protected override async Task LookAsync()
    {
        if (options.CarryOver && !drains.IsBusy && !await switches.IsSchedulerStoppedAsync() && await drainer.AnythingDueAsync())
        {
            await drains.BeginAsync(Drainer.CarryOver, new RunFilter());
        }
    }
}
