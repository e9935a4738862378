using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Batching;

/// <summary>The scheduled drain: fires at each slot, and once at the start for a slot that was missed while nothing ran.</summary>
[DisallowConcurrentExecution]
internal sealed class DrainTick(ScheduledDrain schedule, DrainWorker drains, ILogger<DrainTick> logger) : StoreTick(logger)
{
    protected override async Task LookAsync()
    {
        if (await schedule.BeginDueAsync() is { } run)
        {
            drains.Start(run);
        }
    }
}
