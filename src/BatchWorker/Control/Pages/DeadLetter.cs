using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control.Pages;

/// <summary>Why jobs failed: the newest of the dead letter by their error code, provider and job type.</summary>
internal sealed class DeadLetter(JobLists jobs, JobFailures failures)
{
    /// <summary>Jobs that are looked at.</summary>
    public const int Most = 500;

    private static readonly JobFilter s_failed = new() { States = new HashSet<JobState> { JobState.Failed } };

    /// <summary>The reasons, the most frequent first, and how many jobs were looked at.</summary>
    public async Task<(IReadOnlyList<DeadGroup> Groups, int Looked)> GroupAsync()
    {
        var (newest, _) = await jobs.PageAsync(s_failed, long.MaxValue, Most);
        var codes = await Task.WhenAll(newest.Select(job => failures.CodeOfAsync(job.Record)));
        var groups = newest.Zip(codes)
            .GroupBy(job => (Code: job.Second ?? "", job.First.Lane.Provider, job.First.Lane.JobType))
            .Select(group => new DeadGroup(group.Key.Code, group.Key.Provider.Wire(), group.Key.JobType, group.Count(), group.First().First.Id.ToString()))
            .OrderByDescending(group => group.Jobs);
        return ([.. groups], newest.Count);
    }

    /// <summary>A page of failed jobs; of those with a code, the ones among the jobs that the page looks at.</summary>
    public async Task<(IReadOnlyList<JobView> Jobs, long? Next)> PageAsync(JobFilter filter, string? code, long below, int limit)
    {
        var page = await jobs.PageAsync(filter, below, code is null ? limit : Most);
        if (code is null)
        {
            return (page.Jobs, page.Next);
        }
        var codes = await Task.WhenAll(page.Jobs.Select(job => failures.CodeOfAsync(job.Record)));
        var stored = ErrorCodes.Stored(code);
        return ([.. page.Jobs.Where((_, i) => codes[i] == stored)], page.Next);
    }
}
