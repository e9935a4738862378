using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>Runs drains: chooses the lanes, merges them, and hands every job to the drain.</summary>
internal sealed class Drainer(JobClaims claims, RunLedger runs, LaneChoice choice, JobDesk desk, Func<Drain> newDrain)
{
    public const string CarryOver = "carry_over";

    /// <summary>Drains what the run's filter asks for, until nothing is left or its bound is reached; goes on where a crash left it.</summary>
    public async Task<RunRecord> RunAsync(RunRecord run, CancellationToken cancellationToken)
    {
        while (await desk.PromoteAsync() > 0)
        {
        }
        while (await desk.EndOverdueAsync() > 0)
        {
        }
        var lanes = await choice.ChooseAsync(run.Filter);
        run = run with { Held = lanes.Held };
        var drain = newDrain();
        var candidates = run.Trigger == CarryOver ? ReadDueAsync(lanes.Open) : new MergedLanes(claims).ReadAsync(lanes.Open.Keys, cancellationToken);
        var left = run.Filter.MaxJobs is { } most ? most - run.Jobs : int.MaxValue;
        await foreach (var job in candidates.WithCancellation(cancellationToken))
        {
            if (left-- <= 0)
            {
                break;
            }
            run = await drain.AddAsync(run, job);
        }
        await drain.SealAsync();
        run = run with { Claimed = true, Jobs = run.Jobs + drain.Claimed };
        await runs.SaveAsync(run);
        return run;
    }

    /// <summary>Whether a carry-over has anything to take.</summary>
    public async Task<bool> AnythingDueAsync()
    {
        var lanes = await choice.ChooseAsync(new RunFilter());
        await foreach (var _ in ReadDueAsync(lanes.Open))
        {
            return true;
        }
        return false;
    }

    private async IAsyncEnumerable<WaitingJob> ReadDueAsync(IReadOnlyDictionary<int, Lane> open)
    {
        var due = new List<WaitingJob>();
        for (var skip = 0; ;)
        {
            var page = await claims.PeekDueAsync(skip, RedisKeys.ChunkSize);
            due.AddRange(page.Where(job => open.ContainsKey(job.Record.Lane)));
            skip += page.Count;
            if (page.Count < RedisKeys.ChunkSize)
            {
                break;
            }
        }
        foreach (var job in due.OrderBy(job => job.Place))
        {
            yield return job;
        }
    }
}
