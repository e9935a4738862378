using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>Runs drains: selects the jobs and hands every one to the drain.</summary>
internal sealed class Drainer(JobClaims claims, RunBook runs, Selections selections, JobDesk desk, LaneOpener opener)
{
    public const string CarryOver = "carry_over";

    /// <summary>Drains what the run's filter asks for, until nothing is left or its bound is reached; goes on where a crash left it.</summary>
    public async Task<RunRecord> RunAsync(RunRecord begun, CancellationToken cancellationToken)
    {
        await desk.ComeDueAsync();
        var selection = await selections.BeginAsync(begun.Filter);
        var before = await runs.ClaimedAsync(begun);
        using var drain = new Drain(opener, runs.Ledger, begun with { Held = selection.Held }, selection.Gate);
        var most = begun.Filter.MaxJobs is { } bound ? bound - before : int.MaxValue;
        await foreach (var job in selection.ReadAsync(begun.Trigger == CarryOver, most, cancellationToken))
        {
            await drain.AddAsync(job.Job);
        }
        await drain.SealAsync();
        if (selection.Gate is { } gate)
        {
            await gate.NoteAsync();
        }
        return await runs.ClaimedAllAsync(drain.Run with { Held = selection.Held }, before + drain.Claimed);
    }

    /// <summary>Whether a carry-over has anything to take.</summary>
    public async Task<bool> AnythingDueAsync()
    {
        var first = await claims.PeekDueAsync(0, RedisKeys.ChunkSize);
        if (first.Count == 0)
        {
            return false;
        }
        var selection = await selections.BeginAsync(new RunFilter());
        return selection.Gate is null ? first.Any(job => selection.Takes(job)) : await AnythingFitsAsync(selection);
    }

    /// <summary>What no budget reaches for is not tried again and again.</summary>
    private static async Task<bool> AnythingFitsAsync(Selection selection)
    {
        await foreach (var _ in selection.ReadAsync(carryOver: true, 1, CancellationToken.None))
        {
            return true;
        }
        return false;
    }
}
