using System.Runtime.CompilerServices;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>The jobs that a drain sends, in the order in which it sends them, and those that it leaves. A plan of a drain makes the same selection.</summary>
internal sealed class Selection(JobClaims claims, ChosenLanes lanes, BudgetGate? gate, JobEstimates? estimates, long nowMs)
{
    public const string NoBudget = "budget";

    /// <summary>The budgets; null where there are none.</summary>
    public BudgetGate? Gate => gate;

    /// <summary>Lanes with jobs that are left, with the reason; complete when all was read.</summary>
    public IReadOnlyList<HeldJobs> Held =>
        [.. lanes.Held, .. (gate?.Held ?? new Dictionary<int, long>()).Where(lane => lane.Value > 0).OrderBy(lane => lane.Key).Select(lane => new HeldJobs(lanes.Open[lane.Key].ToString(), (int)Math.Min(int.MaxValue, lane.Value), NoBudget))];

    /// <summary>The lane of a job that was selected.</summary>
    public Lane LaneOf(JobRecord job) => lanes.Open[job.Lane];

    /// <summary>Whether a job is in a lane that may be taken from.</summary>
    public bool Takes(WaitingJob job) => lanes.Open.ContainsKey(job.Record.Lane);

    /// <summary>The jobs.</summary>
    /// <param name="carryOver">Only those that came back and are due.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<CandidateJob> ReadAsync(bool carryOver, int most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var jobs = carryOver ? ReadDueAsync(cancellationToken) : new MergedLanes(claims, gate).ReadAsync(lanes.Open.Keys, cancellationToken);
        await foreach (var job in estimates?.EstimateAsync(jobs, cancellationToken) ?? AsTheyAreAsync(jobs, cancellationToken))
        {
            if (most <= 0)
            {
                break;
            }
            var ends = job.Job.Record.IsOverdue(nowMs);
            if (!ends && gate?.Admit(job) != false)
            {
                most--;
                yield return job;
            }
        }
    }

    private async IAsyncEnumerable<CandidateJob> AsTheyAreAsync(IAsyncEnumerable<WaitingJob> jobs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var job in jobs.WithCancellation(cancellationToken))
        {
            yield return new CandidateJob(job, LaneOf(job.Record), null, []);
        }
    }

    /// <summary>What came back, in the order of the lanes: all that is due is read first, since it is due by time and sent by priority.</summary>
    private async IAsyncEnumerable<WaitingJob> ReadDueAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var due = new List<WaitingJob>();
        for (var page = await claims.PeekDueAsync(0, RedisKeys.ChunkSize); page.Count > 0; page = await claims.PeekDueAsync(due.Count, RedisKeys.ChunkSize))
        {
            due.AddRange(page);
        }
        foreach (var job in due.Where(Takes).OrderBy(job => job.Place))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return job;
        }
    }
}
