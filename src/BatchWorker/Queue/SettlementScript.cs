using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>The writes of one settlement, in the order that makes every prefix of them repairable.</summary>
internal sealed class SettlementScript
{
    public const int BatchChecks = 2;

    private readonly LedgerStore _store;
    private readonly OwnedBatch _batch;
    private readonly JobRecord?[] _jobs;
    private readonly RedisValue[] _histories;

    public SettlementScript(LedgerStore store, OwnedBatch batch, JobRecord?[] jobs, RedisValue[] histories)
    {
        _store = store;
        _batch = batch;
        _jobs = jobs;
        _histories = histories;
        Transaction = store.Finish().Expect(
            Keys.Batch(batch.Number),
            [LedgerFields.Epoch, LedgerFields.Settlements],
            [batch.Epoch, batch.Settlements]);
    }

    public LedgerTransaction Transaction { get; }

    private RedisKeys Keys => _store.Keys;

    public void WriteOutcomes(IReadOnlyList<Settlement> settlements)
    {
        foreach (var settlement in settlements)
        {
            Transaction.Write(
                "SETRANGE",
                Keys.Outcomes(_batch.Number, settlement.Position / RedisKeys.ChunkSize),
                settlement.Position % RedisKeys.ChunkSize * OutcomeRecord.Size,
                settlement.Outcome.Pack());
        }
    }

    /// <summary>Jobs that have left the batch already are passed over: their part of a settlement that was cut off is done.</summary>
    public void MoveJobs(IReadOnlyList<Settlement> settlements)
    {
        var moves = Enumerable.Range(0, settlements.Count)
            .Where(i => _jobs[i] is { State: JobState.Batched } job && job.Batch == _batch.Number)
            .Select(i => new Move(settlements[i], _jobs[i]!, settlements[i].Outcome.Apply(_jobs[i]!, _store.Options.DropRequestOnSuccess), (byte[]?)_histories[i]))
            .ToArray();
        Requeue([.. moves.Where(move => move.Next.State == JobState.Queued)]);
        AddToQueue(Keys.Dead, moves.Where(move => move.Next.State == JobState.Failed), move => move.Next.ChangedMs);
        CallbackOutbox.Add(Transaction, Keys, moves
            .Where(move => move.Next is { Callback: not null } next && next.State.HasEnded())
            .Select(move => new CallbackEvent(new CallbackSubject(move.Sequence), move.Next.Callback!.Value.Host, move.Next.ChangedMs)));
        foreach (var bucket in moves.GroupBy(move => JobSlots.BucketOf(move.Sequence)))
        {
            MoveBucket(bucket.Key, [.. bucket]);
        }
        Remove(Keys.Deadlines, moves.Where(move => move.Next.State.HasEnded() && move.Job.DeadlineMs != 0));
    }

    private void Requeue(Move[] moves)
    {
        AddToQueue(Keys.Due, moves, move => move.Next.DueMs);
        AddToQueue(Keys.Deadlines, moves.Where(move => move.Next.DeadlineMs != 0), move => move.Next.DeadlineMs);
        AddToQueue(Keys.Waiting(_batch.Record.LaneNumber), moves, move => move.Next.PlaceOf(move.Sequence));
        if (moves.Length > 0)
        {
            Transaction.Write("HINCRBY", Keys.Meta, LedgerFields.Waiting, moves.Length);
        }
    }

    private void MoveBucket(long bucket, Move[] moves)
    {
        Transaction.Expect(Keys.States(bucket), [.. moves.Select(move => JobSlots.SlotOf(move.Sequence))], [.. moves.Select(move => (RedisValue)move.Job.Pack())]);
        var history = moves.Where(move => move.Outcome is { Counted: true, Outcome: not Outcome.Succeeded }).ToArray();
        if (history.Length > 0)
        {
            Transaction.Write("HSET", Keys.History(bucket), [.. history.SelectMany(move => new RedisValue[] { JobSlots.SlotOf(move.Sequence), HistoryOf(move) })]);
        }
        foreach (var state in moves.Select(move => move.Next.State).Distinct())
        {
            Transaction.Write("ZADD", Keys.Index(_batch.Record.LaneNumber, state), bucket, bucket);
        }
        Transaction.Write("HSET", Keys.States(bucket), [.. moves.SelectMany(move => new RedisValue[] { JobSlots.SlotOf(move.Sequence), move.Next.Pack() })]);
        var dropped = moves.Where(move => move.Next.Has(JobFlags.DataRemoved)).Select(move => JobSlots.SlotOf(move.Sequence)).ToArray();
        if (dropped.Length > 0)
        {
            Transaction.Write("HDEL", Keys.Requests(bucket), dropped);
        }
    }

    private byte[] HistoryOf(Move move) =>
        HistoryCodec.Append(move.History, new HistoryEntry(move.Next.Attempts, _batch.Number, move.Outcome.Outcome, move.Outcome.Code, move.Outcome.AtMs));

    private void AddToQueue(RedisKey queue, IEnumerable<Move> moves, Func<Move, RedisValue> score)
    {
        var members = moves.SelectMany(move => new[] { score(move), JobSlots.MemberOf(move.Sequence) }).ToArray();
        if (members.Length > 0)
        {
            Transaction.Write("ZADD", queue, members);
        }
    }

    private void Remove(RedisKey queue, IEnumerable<Move> moves)
    {
        var members = moves.Select(move => JobSlots.MemberOf(move.Sequence)).ToArray();
        if (members.Length > 0)
        {
            Transaction.Write("ZREM", queue, members);
        }
    }

    private sealed record Move(Settlement Settlement, JobRecord Job, JobRecord Next, byte[]? History)
    {
        public long Sequence => Settlement.Sequence;

        public OutcomeRecord Outcome => Settlement.Outcome;
    }
}
