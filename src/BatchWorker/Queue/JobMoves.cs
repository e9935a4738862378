using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>
/// The moves of jobs outside batches, as parts of transactions. Each adds the job to where it goes before its state says so and takes it
/// from where it was afterwards; a leftover in a queue is dropped by the claim that meets it.
/// </summary>
internal sealed class JobMoves(LedgerStore store)
{
    private readonly DayBook _days = new(store);

    private RedisKeys Keys => store.Keys;

    /// <summary>cancel: queued → cancelled. Its not_before is kept for a retry.</summary>
    public LedgerTransaction Cancel(LedgerTransaction move, long sequence, JobRecord job) => _days.Count(
        Leave(sequence, job, move, job with
        {
            State = JobState.Cancelled,
            Flags = Kept(job) | (job.Flags & JobFlags.Delayed),
            DueMs = job.Has(JobFlags.Delayed) ? job.DueMs : 0,
            ChangedMs = store.NowMs,
        }),
        job.Lane,
        LedgerFields.Cancelled);

    /// <summary>deadline: queued → failed. A job that waited for another attempt ends with what its last batch said.</summary>
    public LedgerTransaction End(long sequence, JobRecord job) => _days.Count(
        Leave(
            sequence,
            job,
            store.Begin().Write("ZADD", Keys.Dead, store.NowMs, JobSlots.MemberOf(sequence)),
            job with { State = JobState.Failed, Flags = Kept(job) | (job.Has(JobFlags.CameBack) && job.Attempts > 0 ? JobFlags.EndedInBatch : JobFlags.Overdue), DueMs = 0, ChangedMs = store.NowMs }),
        job.Lane,
        LedgerFields.Overdue);

    /// <summary>
    /// retry: failed, cancelled → queued; a not_before that has not come is waited for, and an end that was not told is not told any more. The state comes last: what was cut off before it
    /// is done by the same call again, whichever jobs it is about.
    /// </summary>
    public LedgerTransaction Retry(LedgerTransaction move, long sequence, JobRecord job)
    {
        var member = JobSlots.MemberOf(sequence);
        var delayed = job.Has(JobFlags.Delayed) && job.DueMs > store.NowMs;
        var next = job with
        {
            State = JobState.Queued,
            Flags = Kept(job) | (delayed ? JobFlags.Delayed : 0),
            Attempts = 0,
            Batch = 0,
            Position = 0,
            DueMs = delayed ? job.DueMs : 0,
            ChangedMs = store.NowMs,
        };
        move.Write("HINCRBY", Keys.Meta, LedgerFields.Waiting, 1)
            .Write("ZADD", delayed ? Keys.Later(job.Lane) : Keys.Waiting(job.Lane), job.PlaceOf(sequence), member);
        if (delayed)
        {
            move.Write("ZADD", Keys.Delayed, job.DueMs, member);
        }
        if (job.DeadlineMs != 0)
        {
            move.Write("ZADD", Keys.Deadlines, job.DeadlineMs, member);
        }
        Change(move.Write("ZREM", Keys.Dead, member), sequence, job, next);
        if (job.Callback is not null)
        {
            CallbackOutbox.Remove(move, Keys, [EventOf(sequence, job)]);
        }
        return _days.Count(move, job.Lane, LedgerFields.Retried);
    }

    /// <summary>promote: delayed → waiting; the job stays queued.</summary>
    public LedgerTransaction Promote(long sequence, JobRecord job)
    {
        var member = JobSlots.MemberOf(sequence);
        return Expect(store.Begin(), sequence, job)
            .Write("ZADD", Keys.Waiting(job.Lane), job.PlaceOf(sequence), member)
            .Write("ZREM", Keys.Later(job.Lane), member)
            .Write("ZREM", Keys.Delayed, member);
    }

    public LedgerTransaction ForgetDeadline(long sequence) => store.Begin().Write("ZREM", Keys.Deadlines, JobSlots.MemberOf(sequence));

    public LedgerTransaction ForgetDelay(long sequence, JobRecord? job)
    {
        var member = JobSlots.MemberOf(sequence);
        var move = store.Begin();
        return (job is null ? move : move.Write("ZREM", Keys.Later(job.Lane), member)).Write("ZREM", Keys.Delayed, member);
    }

    private static JobFlags Kept(JobRecord job) => job.Flags & (JobFlags.HasHistory | JobFlags.DataRemoved);

    private LedgerTransaction Leave(long sequence, JobRecord job, LedgerTransaction move, JobRecord next)
    {
        var member = JobSlots.MemberOf(sequence);
        next = next with { Callback = next.Callback?.Next() };
        if (next.Callback is not null)
        {
            CallbackOutbox.Add(move, Keys, [EventOf(sequence, next)]);
        }
        Change(move, sequence, job, next)
            .Write("ZREM", Keys.Waiting(job.Lane), member)
            .Write("HINCRBY", Keys.Meta, LedgerFields.Waiting, -1);
        if (job.Has(JobFlags.Delayed))
        {
            move.Write("ZREM", Keys.Later(job.Lane), member).Write("ZREM", Keys.Delayed, member);
        }
        if (job.Has(JobFlags.CameBack))
        {
            move.Write("ZREM", Keys.Due, member);
        }
        return job.DeadlineMs == 0 ? move : move.Write("ZREM", Keys.Deadlines, member);
    }

    private static CallbackEvent EventOf(long sequence, JobRecord job) => new(new CallbackSubject(sequence), job.Callback!.Value.Host, job.ChangedMs);

    private LedgerTransaction Change(LedgerTransaction move, long sequence, JobRecord job, JobRecord next)
    {
        var bucket = JobSlots.BucketOf(sequence);
        return Expect(move, sequence, job)
            .Write("ZADD", Keys.Index(job.Lane, next.State), bucket, bucket)
            .Write("HSET", Keys.States(bucket), JobSlots.SlotOf(sequence), next.Pack());
    }

    private LedgerTransaction Expect(LedgerTransaction move, long sequence, JobRecord job) =>
        move.Expect(Keys.States(JobSlots.BucketOf(sequence)), JobSlots.SlotOf(sequence), job.Pack());
}
