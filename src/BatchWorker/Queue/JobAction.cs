using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>What an operator may do to jobs outside batches.</summary>
internal enum JobAction
{
    Cancel,
    Retry,
}

/// <summary>Which jobs an action can change.</summary>
internal static class JobActions
{
    private static readonly HashSet<JobState> s_cancellable = [JobState.Queued];
    private static readonly HashSet<JobState> s_retryable = [JobState.Failed, JobState.Cancelled];

    /// <summary>The states from which an action leads away.</summary>
    public static IReadOnlySet<JobState> StatesOf(JobAction action) => action == JobAction.Cancel ? s_cancellable : s_retryable;

    public static bool Allows(this JobAction action, JobRecord job, long nowMs) => action == JobAction.Cancel ? MayCancel(job) : MayRetry(job, nowMs);

    public static bool MayCancel(JobRecord job) => s_cancellable.Contains(job.State);

    /// <summary>Not after its deadline, and not without its request.</summary>
    public static bool MayRetry(JobRecord job, long nowMs) => s_retryable.Contains(job.State) && !job.IsOverdue(nowMs) && !job.Has(JobFlags.DataRemoved);
}
