using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>Why jobs failed.</summary>
internal sealed class JobFailures(Settlements settlements, ErrorCodes codes)
{
    /// <summary>The code of a job that its deadline ended.</summary>
    public const string DeadlinePassed = "deadline_passed";

    /// <summary>Of some jobs those that failed with this code.</summary>
    public async Task<JobAt[]> WithCodeAsync(IReadOnlyList<JobAt> jobs, string code)
    {
        var found = await Task.WhenAll(jobs.Select(job => CodeOfAsync(job.Record)));
        var stored = ErrorCodes.Stored(code);
        return [.. jobs.Where((_, i) => found[i] == stored)];
    }

    /// <summary>The code as far as it is stored; null for a job that has not failed.</summary>
    public async Task<string?> CodeOfAsync(JobRecord job)
    {
        if (job.State != JobState.Failed)
        {
            return null;
        }
        if (job.Has(JobFlags.Overdue))
        {
            return DeadlinePassed;
        }
        var outcome = job.Has(JobFlags.EndedInBatch) ? await settlements.OutcomeAsync(job.Batch, job.Position) : null;
        return outcome is null ? null : await codes.CodeOfAsync(outcome.Code) ?? outcome.Outcome.Wire();
    }
}
