using BatchWorker.Lifecycle;
using BatchWorker.Telemetry;

namespace BatchWorker.Queue;

/// <summary>An action on all jobs that a filter means.</summary>
/// <param name="Action">What is done.</param>
/// <param name="Filter">Which jobs.</param>
/// <param name="ErrorCode">Only jobs that failed with this code; null for all.</param>
/// <param name="Most">Jobs that are changed at most; null for all.</param>
/// <param name="DryRun">Nothing is changed, only counted.</param>
internal sealed record BulkWish(JobAction Action, JobFilter Filter, string? ErrorCode, long? Most, bool DryRun);

/// <summary>What came of it.</summary>
/// <param name="Matched">Jobs that the action can change.</param>
/// <param name="Changed">Jobs that it did change.</param>
internal sealed record BulkCount(long Matched, long Changed);

/// <summary>Cancels and retries jobs by filter, newest first: many in one script, each as if it were alone.</summary>
internal sealed class JobBulk(LedgerStore store, JobMatches matches, JobFailures failures, Lanes lanes, Instruments instruments)
{
    private readonly JobMoves _moves = new(store);

    /// <summary>Runs to the end though the caller has gone; stops between two scripts when the daemon does.</summary>
    public async Task<BulkCount> RunAsync(BulkWish wish, CancellationToken stopping)
    {
        var states = JobActions.StatesOf(wish.Action).Where(state => wish.Filter.States?.Contains(state) != false).ToHashSet();
        long matched = 0, changed = 0;
        if (states.Count == 0)
        {
            return new BulkCount(0, 0);
        }
        await foreach (var part in matches.WalkAsync(wish.Filter, states))
        {
            stopping.ThrowIfCancellationRequested();
            var found = part.Where(job => wish.Action.Allows(job.Record, store.NowMs)).ToArray();
            found = wish.ErrorCode is { } code ? await failures.WithCodeAsync(found, code) : found;
            matched += found.Length;
            var left = wish.DryRun ? 0 : Math.Min(found.Length, (wish.Most ?? long.MaxValue) - changed);
            changed += await ChangeAsync(wish, found[..(int)left]);
        }
        return new BulkCount(matched, changed);
    }

    /// <summary>Changes jobs in one script; those that somebody else has changed meanwhile are looked at again.</summary>
    private async Task<int> ChangeAsync(BulkWish wish, JobAt[] jobs)
    {
        var changed = 0;
        while (jobs.Length > 0)
        {
            var move = store.Begin();
            foreach (var job in jobs)
            {
                _ = wish.Action == JobAction.Cancel ? _moves.Cancel(move, job.Sequence, job.Record) : _moves.Retry(move, job.Sequence, job.Record);
            }
            var differ = await move.CommitAsync();
            if (differ.Length == 0)
            {
                await CountAsync(wish.Action, jobs);
                return changed + jobs.Length;
            }
            jobs = await LookAgainAsync(wish, jobs, [.. differ]);
        }
        return changed;
    }

    private async Task<JobAt[]> LookAgainAsync(BulkWish wish, JobAt[] jobs, HashSet<int> differ)
    {
        var records = await JobRecords.ReadAsync(store, [.. differ.Select(i => jobs[i].Sequence)]);
        var fresh = differ.Zip(records).ToDictionary(job => job.First, job => job.Second);
        var again = jobs.Select((job, i) => fresh.TryGetValue(i, out var record) ? record is null ? null : job with { Record = record } : job);
        return [.. again.OfType<JobAt>().Where(job => wish.Action.Allows(job.Record, store.NowMs))];
    }

    private async Task CountAsync(JobAction action, JobAt[] jobs)
    {
        foreach (var group in jobs.GroupBy(job => job.Record.Lane))
        {
            var lane = await lanes.LaneOfAsync(group.Key);
            Action<int, string, string> count = action == JobAction.Cancel ? instruments.JobsCancelled : instruments.JobsRetried;
            count(group.Count(), lane.Provider.Wire(), lane.JobType);
        }
    }
}
