using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Batching;

/// <summary>
/// Between drains: the store is asked whether it still has everything, an acceptance that was cut off is finished, jobs whose not_before
/// has come join the others, jobs whose deadline has passed end.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class SweepTick(StoreGuard guard, LedgerRepair repair, JobDesk desk, QueueCounts counts, ILogger<SweepTick> logger) : StoreTick(logger)
{
    protected override async Task LookAsync()
    {
        if (await guard.LookAsync())
        {
            if (await repair.RunOnceAsync() > 0)
            {
                await counts.RecountAsync();
            }
            await desk.ComeDueAsync();
        }
    }
}
