using BatchWorker.Archive;
using BatchWorker.Costs;
using BatchWorker.Queue;

namespace BatchWorker.Results;

/// <summary>What becomes of a job after a verdict: the attempts table; pure.</summary>
internal static class OutcomeRules
{
    public static OutcomeRecord Decide(JobRecord job, Verdict verdict, int code, JobCost? cost, ResultAddress address, long nowMs, IReadOnlyList<TimeSpan> backoff)
    {
        var attempts = job.Attempts + (verdict.Counted ? 1 : 0);
        var retried = verdict is { Error.Retryable: true, Return: Return.None } && attempts < job.MaxAttempts;
        var requeued = (retried || verdict.Return != Return.None) && !job.IsOverdue(nowMs);
        return new OutcomeRecord
        {
            Outcome = verdict.Outcome,
            Requeued = requeued,
            NoRoom = requeued && verdict.Return is Return.WhenThereIsRoom or Return.WhenThereIsRoomSuspected,
            Suspect = requeued && verdict.Return is Return.AtOnceSuspected or Return.WhenThereIsRoomSuspected,
            Retryable = verdict.Error?.Retryable ?? false,
            Counted = verdict.Counted,
            Code = code,
            Usage = verdict.Usage,
            RealtimePico = cost?.Realtime,
            BatchPico = cost?.Batch,
            Address = address,
            AtMs = nowMs,
            DueMs = requeued ? nowMs + (long)WaitBefore(attempts, verdict.Return, backoff).TotalMilliseconds : 0,
        };
    }

    private static TimeSpan WaitBefore(int attempts, Return way, IReadOnlyList<TimeSpan> backoff) => way switch
    {
        Return.AtOnce or Return.AtOnceSuspected => TimeSpan.Zero,
        Return.None => backoff[Math.Clamp(attempts - 1, 0, backoff.Count - 1)],
        _ => backoff[0],
    };
}
