using BatchWorker.Supervision;
using Quartz;

namespace BatchWorker;

/// <summary>Notes every tick that came back. One that failed counts too: it is in the log, and a restart would not mend it; one that never comes back is stuck.</summary>
internal sealed class TickProgress(WorkProgress progress) : IJobListener
{
    public string Name => nameof(TickProgress);

    public ValueTask JobToBeExecuted(IJobExecutionContext context, CancellationToken cancellationToken = default) => default;

    public ValueTask JobExecutionVetoed(IJobExecutionContext context, CancellationToken cancellationToken = default) => default;

    public ValueTask JobWasExecuted(IJobExecutionContext context, JobExecutionException? jobException, CancellationToken cancellationToken = default)
    {
        progress.Mark(context.JobDetail.JobType.Type.Name);
        return default;
    }
}
