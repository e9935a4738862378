using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Batching;

/// <summary>Between drains: jobs whose not_before has come join the others, jobs whose deadline has passed end.</summary>
[DisallowConcurrentExecution]
internal sealed class SweepTick(JobDesk desk, QueueCounts counts) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await desk.ComeDueAsync();
        await counts.RecountAsync();
    }
}
