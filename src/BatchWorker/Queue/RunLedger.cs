using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Drains, as they are remembered.</summary>
internal sealed class RunLedger(LedgerStore store)
{
    private RedisKeys Keys => store.Keys;

    public async Task<RunRecord> BeginAsync(string trigger, RunFilter filter)
    {
        var run = await NewAsync(trigger, filter);
        await Begin(store.Begin(), run).CommitAsync();
        return run;
    }

    /// <summary>
    /// Begins the drain of a slot of the schedule, once over all replicas: the slot passes with the run in one step.
    /// Null when <paramref name="last"/> is no longer the last slot that passed.
    /// </summary>
    public async Task<RunRecord?> BeginForSlotAsync(string trigger, DateTimeOffset? last, DateTimeOffset slot)
    {
        var run = await NewAsync(trigger, new RunFilter());
        return (await Pass(Begin(Expect(last), run), slot).CommitAsync()).Length == 0 ? run : null;
    }

    /// <summary>Lets a slot pass without a drain; false when another replica was first.</summary>
    public async Task<bool> PassSlotAsync(DateTimeOffset? last, DateTimeOffset slot) => (await Pass(Expect(last), slot).CommitAsync()).Length == 0;

    /// <summary>The last slot of the schedule that passed, drained or not; null before the first start.</summary>
    public async Task<DateTimeOffset?> LastSlotAsync() =>
        await store.Database.HashGetAsync(Keys.Switches, LedgerFields.Slot) is { HasValue: true } slot ? DateTimeOffset.FromUnixTimeMilliseconds((long)slot) : null;

    private LedgerTransaction Expect(DateTimeOffset? last) =>
        store.Begin().Expect(Keys.Switches, LedgerFields.Slot, last is { } known ? known.ToUnixTimeMilliseconds() : RedisValue.EmptyString);

    private LedgerTransaction Pass(LedgerTransaction pass, DateTimeOffset slot) =>
        pass.Write("HSET", Keys.Switches, LedgerFields.Slot, slot.ToUnixTimeMilliseconds());

    private async Task<RunRecord> NewAsync(string trigger, RunFilter filter)
    {
        var number = await store.NextAsync(LedgerFields.RunSequence);
        return new RunRecord
        {
            Id = new RunId(new Ulid(store.NowMs, number, RandomTail.Next())).ToString(),
            Trigger = trigger,
            Filter = filter,
            StartedAt = store.Now,
            Owner = store.Options.Owner,
        };
    }

    /// <summary>The record before the lists that lead to it.</summary>
    private LedgerTransaction Begin(LedgerTransaction begin, RunRecord run)
    {
        var number = NumberOf(run.Id);
        return begin
            .Write("SET", Keys.Run(number), run.Pack())
            .Write("HSET", Keys.RunOwners, number, store.Options.Owner)
            .Write("ZADD", Keys.Runs, number, number)
            .Write("ZADD", Keys.OpenRuns, number, number);
    }

    /// <summary>Writes down how far a drain of this replica is. False when another replica has taken it over: then nothing was written.</summary>
    public async Task<bool> SaveAsync(RunRecord run) =>
        (await Save(store.Begin().Expect(Keys.RunOwners, NumberOf(run.Id), store.Options.Owner), run).CommitAsync()).Length == 0;

    /// <summary>Ends a run whose drain is over; any replica may, since they all see the same.</summary>
    public Task EndAsync(RunRecord run) => Save(store.Begin(), run with { EndedAt = store.Now }).CommitAsync();

    /// <summary>One that has ended is no longer looked after.</summary>
    private LedgerTransaction Save(LedgerTransaction save, RunRecord run)
    {
        var number = NumberOf(run.Id);
        save.Write("SET", Keys.Run(number), run.Pack());
        return run.EndedAt is null ? save : save.Write("ZREM", Keys.OpenRuns, number).Write("HDEL", Keys.RunOwners, number);
    }

    public async Task<RunRecord?> FindAsync(RunId id) =>
        await ReadAsync(id.Sequence) is { } run && run.Id == id.ToString() ? run : null;

    /// <inheritdoc cref="FindAsync(RunId)"/>
    public async Task<RunRecord?> FindAsync(string id) => RunId.TryParse(id, out var run) ? await FindAsync(run) : null;

    /// <summary>Runs whose batches were not all submitted when last looked at.</summary>
    public async Task<IReadOnlyList<RunRecord>> OpenAsync(int most) =>
        await ReadAsync(await store.Database.SortedSetRangeByScoreAsync(Keys.OpenRuns, stop: Canaries.LargestScore, take: most));

    /// <summary>
    /// Drains that nobody goes on with, given to this replica: those whose replica's lease has run out, and its own that it has not in hand.
    /// Of several replicas that see one, one gets it.
    /// </summary>
    public async Task<IReadOnlyList<RunRecord>> TakeInterruptedAsync(int most, Func<RunRecord, bool> isInHand)
    {
        var interrupted = (await OpenAsync(most)).Where(run => !run.Claimed && !isInHand(run)).ToArray();
        var now = interrupted.Length == 0 ? 0 : await store.LeaseTimeAsync();
        var taken = new List<RunRecord>();
        foreach (var run in interrupted)
        {
            if (await TakeAsync(run, now) is { } mine)
            {
                taken.Add(mine);
            }
        }
        return taken;
    }

    /// <summary>A lease that had run out and is as it was has not been renewed meanwhile.</summary>
    private async Task<RunRecord?> TakeAsync(RunRecord run, long nowMs)
    {
        var number = NumberOf(run.Id);
        var holder = await store.Database.HashGetAsync(Keys.RunOwners, number);
        var take = store.Begin().Expect(Keys.RunOwners, number, holder.HasValue ? holder : RedisValue.EmptyString);
        var owner = (string?)holder ?? run.Owner ?? "";
        if (owner != store.Options.Owner)
        {
            var lease = await store.Database.HashGetAsync(Keys.Leases, owner);
            if (!OwnerLease.HasRunOut(lease, nowMs))
            {
                return null;
            }
            take.Expect(Keys.Leases, owner, lease.HasValue ? lease : RedisValue.EmptyString);
        }
        else if (holder.HasValue)
        {
            return run; // nothing is written: its drain may begin at this moment
        }
        var mine = run with { Owner = store.Options.Owner };
        take.Write("SET", Keys.Run(number), mine.Pack()).Write("HSET", Keys.RunOwners, number, store.Options.Owner);
        return (await take.CommitAsync()).Length == 0 ? mine : null;
    }

    /// <summary>Runs below a number, the newest first.</summary>
    public async Task<IReadOnlyList<RunRecord>> ListAsync(long below, int most) =>
        await ReadAsync(await store.Database.SortedSetRangeByScoreAsync(Keys.Runs, stop: below, exclude: Exclude.Stop, order: Order.Descending, take: most));

    public static long NumberOf(string id) =>
        RunId.TryParse(id, out var run) ? run.Sequence : throw new InvalidDataException($"A run record has the id {id}.");

    private async Task<IReadOnlyList<RunRecord>> ReadAsync(RedisValue[] numbers)
    {
        var runs = await Task.WhenAll(numbers.Select(number => ReadAsync((long)number)));
        return [.. runs.OfType<RunRecord>()];
    }

    private async Task<RunRecord?> ReadAsync(long number) =>
        (byte[]?)await store.Database.StringGetAsync(Keys.Run(number)) is { } bytes ? RunRecord.Unpack(bytes) : null;
}
