using System.Runtime.CompilerServices;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>Runs drains: chooses the lanes, merges them, and hands every job to the drain.</summary>
internal sealed class Drainer(JobClaims claims, RunBook runs, LaneChoice choice, JobDesk desk, LaneOpener opener)
{
    public const string CarryOver = "carry_over";

    /// <summary>Drains what the run's filter asks for, until nothing is left or its bound is reached; goes on where a crash left it.</summary>
    public async Task<RunRecord> RunAsync(RunRecord begun, CancellationToken cancellationToken)
    {
        await desk.ComeDueAsync();
        var lanes = await choice.ChooseAsync(begun.Filter);
        var before = await runs.ClaimedAsync(begun);
        var run = begun with { Held = lanes.Held };
        using var drain = new Drain(opener, runs.Ledger);
        var left = run.Filter.MaxJobs is { } most ? most - before : int.MaxValue;
        await foreach (var job in CandidatesAsync(run, lanes, cancellationToken))
        {
            if (left-- <= 0)
            {
                break;
            }
            run = await drain.AddAsync(run, job);
        }
        await drain.SealAsync();
        return await runs.ClaimedAllAsync(run, before + drain.Claimed);
    }

    /// <summary>Whether a carry-over has anything to take.</summary>
    public async Task<bool> AnythingDueAsync()
    {
        var first = await claims.PeekDueAsync(0, RedisKeys.ChunkSize);
        if (first.Count == 0)
        {
            return false;
        }
        var lanes = await choice.ChooseAsync(new RunFilter());
        return first.Any(job => lanes.Open.ContainsKey(job.Record.Lane));
    }

    private IAsyncEnumerable<WaitingJob> CandidatesAsync(RunRecord run, ChosenLanes lanes, CancellationToken cancellationToken) =>
        run.Trigger == CarryOver ? ReadDueAsync(lanes.Open, cancellationToken) : new MergedLanes(claims).ReadAsync(lanes.Open.Keys, cancellationToken);

    /// <summary>What came back, in the order of the lanes: all that is due is read first, since it is due by time and sent by priority.</summary>
    private async IAsyncEnumerable<WaitingJob> ReadDueAsync(IReadOnlyDictionary<int, Lane> open, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var due = new List<WaitingJob>();
        for (var page = await claims.PeekDueAsync(0, RedisKeys.ChunkSize); page.Count > 0; page = await claims.PeekDueAsync(due.Count, RedisKeys.ChunkSize))
        {
            due.AddRange(page);
        }
        foreach (var job in due.Where(job => open.ContainsKey(job.Record.Lane)).OrderBy(job => job.Place))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return job;
        }
    }
}
