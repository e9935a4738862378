using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Batching;

/// <summary>The scheduled drain.</summary>
internal sealed class DrainTick(DrainWorker drains, Switches switches) : IJob
{
    public const string Schedule = "schedule";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        if (!await switches.IsSchedulerStoppedAsync())
        {
            await drains.BeginAsync(Schedule, new RunFilter());
        }
    }
}
