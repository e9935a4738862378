using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Batching;

/// <summary>Between drains: jobs whose not_before has come join the others, jobs whose deadline has passed end.</summary>
[DisallowConcurrentExecution]
internal sealed class SweepTick(JobDesk desk, QueueCounts counts, ILogger<SweepTick> logger) : StoreTick(logger)
{
    protected override async Task LookAsync()
    {
        await desk.ComeDueAsync();
        await counts.RecountAsync();
    }
}
