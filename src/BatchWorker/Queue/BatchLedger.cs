using System.Globalization;
using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>The verbs on batches: open, own, change state. Every change is fenced by the owner's epoch.</summary>
internal sealed class BatchLedger(LedgerStore store, Lanes lanes)
{
    private readonly AccountClaims _claims = new(store);
    private readonly DayBook _days = new(store);
    private readonly EndedBatches _ended = new(store);

    private RedisKeys Keys => store.Keys;

    /// <summary>A number for a new batch.</summary>
    public Task<long> NextNumberAsync() => store.NextAsync(LedgerFields.BatchSequence);

    /// <summary>Unix milliseconds from which a drain that has not claimed since counts as dead.</summary>
    public long FillingUntil => (store.Now + store.Options.Lease).ToUnixTimeMilliseconds();

    /// <summary>open: none → preparing. The batch belongs to this replica.</summary>
    public async Task<OwnedBatch> OpenAsync(long number, int laneNumber, string? runId)
    {
        var record = new BatchRecord
        {
            Id = new BatchId(new Ulid(store.NowMs, number, RandomTail.Next())).ToString(),
            State = BatchState.Preparing,
            LaneNumber = laneNumber,
            Lane = await lanes.LaneOfAsync(laneNumber),
            RunId = runId,
            CreatedAt = store.Now,
        };
        return await ReopenAsync(number, record) ?? throw new InvalidOperationException($"Batch number {number} was given twice.");
    }

    /// <summary>open: a batch with the record that it shall have, such as one that the store has forgotten. Null when its number is another batch's by now.</summary>
    public async Task<OwnedBatch?> ReopenAsync(long number, BatchRecord record)
    {
        var key = Keys.Batch(number);
        var bytes = record.Pack();
        var differ = await store.Begin()
            .Expect(key, LedgerFields.Epoch, RedisValue.EmptyString)
            .Write("HSET", key, LedgerFields.Epoch, "1", LedgerFields.Owner, store.Options.Owner, LedgerFields.Record, bytes, LedgerFields.Claimed, 0, LedgerFields.Settlements, 0)
            .Write("ZADD", Keys.Work(BatchWork.Prepare), FillingUntil, number) // first: what is cut off here is sealed and ends empty
            .Write("ZADD", Keys.OpenBatches, number, number)
            .Write("ZADD", Keys.Batches, number, number)
            .CommitAsync();
        return differ.Length == 0 ? new OwnedBatch(number, "1", record, bytes, 0, 0, new BatchTotals()) : null;
    }

    /// <summary>
    /// Changes the record and, with its state, whose work it is; <paramref name="nextAt"/> is when that room looks at it.
    /// Null when this replica is no longer the owner, the record is not as it knew it, or the account's lane or the provider's batch
    /// is another batch's: then nothing was written.
    /// </summary>
    public Task<OwnedBatch?> ChangeAsync(OwnedBatch batch, BatchRecord next, DateTimeOffset nextAt) =>
        ChangeAsync(batch, next, nextAt, [LedgerFields.Epoch, LedgerFields.Record], [batch.Epoch, batch.Stored]);

    /// <summary>
    /// intend: the last step before money is spent. Not when a cancellation was asked for, nor while the store is known to have gone back in time;
    /// the name of the create call is written before the record that intends it.
    /// </summary>
    public Task<OwnedBatch?> IntendAsync(OwnedBatch batch, BatchRecord next) =>
        ChangeAsync(batch, next, store.Now, [LedgerFields.Epoch, LedgerFields.Record, LedgerFields.Cancel], [batch.Epoch, batch.Stored, RedisValue.EmptyString], intent: next.Intent);

    private async Task<OwnedBatch?> ChangeAsync(OwnedBatch batch, BatchRecord next, DateTimeOffset nextAt, RedisValue[] fields, RedisValue[] values, SubmitIntent? intent = null)
    {
        if (next.State != batch.State && !BatchTransitions.IsAllowed(batch.State, next.State))
        {
            throw new InvalidOperationException($"A batch does not go from {batch.State.Wire()} to {next.State.Wire()}.");
        }
        var before = BatchRecord.Unpack(batch.Stored);
        var isCounted = next.State != before.State && (next.State.HasEnded() || (next.State == BatchState.Submitted && !before.IsCounted));
        next = next with { IsCounted = before.IsCounted || next.State == BatchState.Submitted };
        var bytes = next.Pack();
        while (true)
        {
            var change = (intent is null ? store.Finish() : store.Begin()).Expect(Keys.Batch(batch.Number), fields, values);
            if (intent is not null)
            {
                Name(change.Expect(Keys.Switches, LedgerFields.Halt, RedisValue.EmptyString), next, intent);
            }
            if (await _claims.AddAsync(change, batch.Number, before, next) is not { } giveBack)
            {
                return null;
            }
            if (isCounted)
            {
                var page = await _days.OpenAsync(DayBook.DayOf(store.NowMs), next.LaneNumber, batch.Number);
                _days.Write(DayBook.Expect(change, page), page, page.Own.With(next.State));
            }
            if (next.State.HasEnded() && batch.Reserved is not null)
            {
                Enumerable.Range(0, batch.ChunkCount).ToList().ForEach(chunk => change.Write("UNLINK", Keys.Reserved(batch.Number, chunk)));
            }
            Write(change, batch, (before, next), bytes, nextAt);
            giveBack();
            var differ = await change.CommitAsync();
            if (differ.Length == 0)
            {
                return batch with { Record = next, Stored = bytes };
            }
            if (differ[0] < fields.Length + (intent is null ? 0 : 1))
            {
                return null;
            } // else only a claim changed hands or another batch added to the day meanwhile: it is judged anew
        }
    }

    private void Name(LedgerTransaction change, BatchRecord next, SubmitIntent intent) => change
        .Write("ZADD", Keys.Submissions, intent.At.ToUnixTimeMilliseconds(), JournalEntry.NameOf(next))
        .Write("ZREMRANGEBYSCORE", Keys.Submissions, "-inf", (intent.At - Submissions.KeptInStore).ToUnixTimeMilliseconds());

    /// <summary>Where it goes before the record, where it was after it: a room that meets it too early or too late passes it over.</summary>
    private void Write(LedgerTransaction change, OwnedBatch batch, (BatchRecord From, BatchRecord To) move, byte[] record, DateTimeOffset nextAt)
    {
        var number = batch.Number;
        if (move.To.ProvenAbsent.Count > move.From.ProvenAbsent.Count)
        {
            change.Write("ZADD", Keys.AbsentSubmissions, store.NowMs, number);
        }
        if (move.To.State.HasEnded() && (move.To.ProviderBatchId ?? move.To.InputFileId) is not null)
        {
            change.Write("ZADD", Keys.ProviderFiles, store.NowMs, number);
        }
        if (move.To.State.HasEnded())
        {
            _ended.Note(change, number, move.To.State);
            DriftingBatches.Note(change, store, batch, move.To);
            if (store.Options.BatchCallbackUrl is { } url && !move.From.State.HasEnded())
            {
                CallbackOutbox.Add(change, Keys, [new CallbackEvent(CallbackSubject.OfBatch(number), CallbackMark.HostOf(url), store.NowMs)]);
            }
        }
        var from = BatchWorkRules.WorkOf(move.From.State);
        var to = BatchWorkRules.WorkOf(move.To.State);
        if (move.From.State == BatchState.Preparing && move.To.State != BatchState.Preparing)
        {
            change.Write("ZADD", Keys.OpenBatches, number, number).Write("ZADD", Keys.Batches, number, number); // its opening may have been cut off before them
        }
        if (to is { } work)
        {
            change.Write("ZADD", Keys.Work(work), nextAt.ToUnixTimeMilliseconds(), number);
        }
        change.Write("HSET", Keys.Batch(number), LedgerFields.Record, record);
        if (from is { } left && left != to)
        {
            Leave(change, move.To, left, number);
        }
    }

    /// <summary>Finishes a change that was cut off: a room that has nothing to do with a batch any more does not look at it again.</summary>
    public Task LeaveAsync(OwnedBatch batch, BatchWork work)
    {
        var change = store.Finish().Expect(Keys.Batch(batch.Number), LedgerFields.Record, batch.Stored);
        Leave(change, batch.Record, work, batch.Number);
        return change.CommitAsync();
    }

    private void Leave(LedgerTransaction change, BatchRecord record, BatchWork work, long number)
    {
        if (record.State.HasEnded())
        {
            change.Write("ZREM", Keys.OpenBatches, number);
        }
        change.Write("ZREM", Keys.Work(work), number);
    }

    /// <summary>Batches that a room has to look at now, the longest due first.</summary>
    public async Task<long[]> DueAsync(BatchWork work, int most) =>
        Array.ConvertAll(
            await store.Database.SortedSetRangeByScoreAsync(Keys.Work(work), stop: store.NowMs, take: most),
            number => (long)number);

    /// <summary>Looks at a batch again later, without changing it.</summary>
    public async Task PostponeAsync(long number, BatchWork work, DateTimeOffset until)
    {
        try
        {
            await store.Database.SortedSetUpdateAsync(Keys.Work(work), number, until.ToUnixTimeMilliseconds(), SortedSetWhen.Exists);
        }
        catch (Exception full) when (StoreFailures.IsFull(full))
        {
            await store.Finish().Write("ZADD", Keys.Work(work), "XX", until.ToUnixTimeMilliseconds(), number).CommitAsync();
        }
    }

    /// <summary>Takes a batch into this replica's hands: its own, or one whose owner is gone. Null when another replica holds it.</summary>
    public async Task<OwnedBatch?> OwnAsync(long number)
    {
        var epoch = (string?)await store.AdoptAsync(
            [Keys.Lock, Keys.Batch(number), Keys.Leases],
            [store.ScriptTime, store.Options.Owner]);
        return string.IsNullOrEmpty(epoch) ? null : await ReadAsync(number, epoch);
    }

    /// <summary>
    /// Takes a batch out of another replica's hands while the store is known to have gone back in time: nobody can send it then, and whoever
    /// knows of its create call must speak for it. Null when it changed meanwhile or submission goes on.
    /// </summary>
    public async Task<OwnedBatch?> SeizeAsync(OwnedBatch batch)
    {
        var epoch = (long.Parse(batch.Epoch, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
        var differ = await store.Finish()
            .Expect(Keys.Switches, LedgerFields.Halt, Rollbacks.Code)
            .Expect(Keys.Batch(batch.Number), [LedgerFields.Epoch, LedgerFields.Record], [batch.Epoch, batch.Stored])
            .Write("HSET", Keys.Batch(batch.Number), LedgerFields.Owner, store.Options.Owner, LedgerFields.Epoch, epoch)
            .CommitAsync();
        return differ.Length == 0 ? batch with { Epoch = epoch } : null;
    }

    /// <summary>The batch as it is stored, with the epoch as it is there; null when there is none.</summary>
    public Task<OwnedBatch?> ReadAsync(long number) => ReadAsync(number, null);

    /// <summary>The batch of an id; null when there is none.</summary>
    public async Task<OwnedBatch?> FindAsync(string? id) =>
        BatchId.TryParse(id, out var batch) && await ReadAsync(batch.Sequence) is { } found && found.Record.Id == id ? found : null;

    /// <summary>Batches that have not ended, the oldest first.</summary>
    public async Task<IReadOnlyList<OwnedBatch>> OpenBatchesAsync()
    {
        var numbers = await store.Database.SortedSetRangeByScoreAsync(Keys.OpenBatches, stop: Canaries.LargestScore);
        var found = await Task.WhenAll(numbers.Select(number => ReadAsync((long)number)));
        return [.. found.OfType<OwnedBatch>()];
    }

    /// <summary>Whether no other batch of its provider and model is at the provider: then it is not others that take its room.</summary>
    public async Task<bool> IsAloneAsync(OwnedBatch batch) =>
        !(await OpenBatchesAsync()).Any(other =>
            other.Number != batch.Number
            && other.Record.Lane.Provider == batch.Record.Lane.Provider
            && other.Record.Lane.Model == batch.Record.Lane.Model
            && other.State is BatchState.Submitted or BatchState.InProgress);

    /// <summary>A new number for a result segment of a batch. The batch knows it before there is such a segment: what it leads to is dropped with the batch.</summary>
    public async Task<uint> NextSegmentAsync(OwnedBatch batch)
    {
        for (; ; )
        {
            var last = await store.Database.HashGetAsync(Keys.Meta, LedgerFields.SegmentSequence);
            var next = (last.HasValue ? (long)last : 0) + 1;
            var differ = await store.Finish()
                .Expect(Keys.Meta, LedgerFields.SegmentSequence, last.HasValue ? last : RedisValue.EmptyString)
                .Write("HSET", Keys.Meta, LedgerFields.SegmentSequence, next)
                .Write("ZADD", Keys.Segments(batch.Number), next, next)
                .CommitAsync();
            if (differ.Length == 0)
            {
                return (uint)next;
            }
        }
    }

    private async Task<OwnedBatch?> ReadAsync(long number, string? epoch)
    {
        var fields = await store.Database.HashGetAsync(
            Keys.Batch(number),
            [LedgerFields.Epoch, LedgerFields.Record, LedgerFields.Claimed, LedgerFields.Settlements, LedgerFields.Totals, LedgerFields.Cancel, LedgerFields.Resolve, LedgerFields.Reserved, LedgerFields.ReservedByValue]);
        if ((byte[]?)fields[1] is not { } bytes)
        {
            return null;
        }
        var record = BatchRecord.Unpack(bytes);
        return new OwnedBatch(number, epoch ?? fields[0]!, record, bytes, (int)fields[2], (int)fields[3], BatchTotals.Unpack(fields[4]))
        {
            CancelRequestedAt = fields[5].HasValue ? DateTimeOffset.FromUnixTimeMilliseconds((long)fields[5]) : null,
            Resolution = BatchWishes.ResolutionIn(record, fields[6]),
            Reserved = Reservation.Unpack(fields[7], fields[8]),
        };
    }
}
