using BatchWorker.Lifecycle;
using BatchWorker.Telemetry;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>What became of an operator's wish.</summary>
internal enum DeskAnswer
{
    NotFound,

    /// <summary>The state of the job does not allow it.</summary>
    NotAllowed,

    Done,
}

/// <summary>The verbs on jobs outside batches: cancel, retry, deadline, promote.</summary>
internal sealed class JobDesk(LedgerStore store, Lanes lanes, Instruments instruments)
{
    private const int Chunk = 500;
    private readonly JobMoves _moves = new(store);

    /// <summary>cancel: queued → cancelled; a job that is cancelled already stays so.</summary>
    public Task<DeskAnswer> CancelAsync(JobId id) => MoveAsync(id, JobState.Cancelled, instruments.JobsCancelled, job =>
        JobActions.MayCancel(job) ? _moves.Cancel(store.Begin(), id.Sequence, job) : null);

    /// <summary>retry: failed, cancelled → queued, with all its attempts again and its history kept. Not after its deadline.</summary>
    public Task<DeskAnswer> RetryAsync(JobId id) => MoveAsync(id, null, instruments.JobsRetried, job =>
        JobActions.MayRetry(job, store.NowMs) ? _moves.Retry(store.Begin(), id.Sequence, job) : null);

    /// <summary>Jobs whose not_before has come wait with the others, queued jobs whose deadline has passed end.</summary>
    public async Task ComeDueAsync()
    {
        while (await PromoteAsync() > 0)
        {
        }
        while (await EndOverdueAsync() > 0)
        {
        }
    }

    /// <summary>deadline: queued → failed. Answers how many passed deadlines were looked at; call again while it is not 0.</summary>
    public async Task<int> EndOverdueAsync()
    {
        var sequences = await DueAsync(store.Keys.Deadlines);
        var jobs = await JobRecords.ReadAsync(store, sequences);
        for (var i = 0; i < sequences.Count; i++)
        {
            var overdue = jobs[i] is { State: JobState.Queued } ? jobs[i] : null;
            var move = overdue is not null ? _moves.End(sequences[i], overdue) : _moves.ForgetDeadline(sequences[i]);
            if ((await move.CommitAsync()).Length == 0 && overdue is not null)
            {
                await CountAsync(instruments.JobsFailed, overdue);
            }
        }
        return sequences.Count;
    }

    /// <summary>promote: jobs whose not_before has passed begin to wait in their lanes. Answers how many were looked at; call again while it is not 0.</summary>
    public async Task<int> PromoteAsync()
    {
        var sequences = await DueAsync(store.Keys.Delayed);
        var jobs = await JobRecords.ReadAsync(store, sequences);
        for (var i = 0; i < sequences.Count; i++)
        {
            var move = jobs[i] is { State: JobState.Queued } job ? _moves.Promote(sequences[i], job) : _moves.ForgetDelay(sequences[i], jobs[i]);
            await move.CommitAsync();
        }
        return sequences.Count;
    }

    private async Task<List<long>> DueAsync(RedisKey queue) =>
        [.. (await store.Database.SortedSetRangeByScoreAsync(queue, stop: store.NowMs, take: Chunk)).Select(JobSlots.SequenceOf)];

    private async Task<DeskAnswer> MoveAsync(JobId id, JobState? wanted, Action<int, string, string> count, Func<JobRecord, LedgerTransaction?> plan)
    {
        for (; ; )
        {
            if (await JobRecords.FindAsync(store, id) is not { } job)
            {
                return DeskAnswer.NotFound;
            }
            if (job.State == wanted)
            {
                return DeskAnswer.Done;
            }
            if (plan(job) is not { } move)
            {
                return DeskAnswer.NotAllowed;
            }
            if ((await move.CommitAsync()).Length == 0)
            {
                await CountAsync(count, job);
                return DeskAnswer.Done;
            }
        }
    }

    private async Task CountAsync(Action<int, string, string> count, JobRecord job)
    {
        var lane = await lanes.LaneOfAsync(job.Lane);
        count(1, lane.Provider.Wire(), lane.JobType);
    }
}
