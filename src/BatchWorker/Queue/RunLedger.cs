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
            .Write("ZADD", Keys.Runs, number, number)
            .Write("ZADD", Keys.OpenRuns, number, number);
    }

    /// <summary>Writes a run down as it is now; one that has ended is no longer looked after.</summary>
    public async Task SaveAsync(RunRecord run)
    {
        var number = NumberOf(run.Id);
        var save = store.Begin().Write("SET", Keys.Run(number), run.Pack());
        if (run.EndedAt is not null)
        {
            save.Write("ZREM", Keys.OpenRuns, number);
        }
        await save.CommitAsync();
    }

    public async Task<RunRecord?> FindAsync(RunId id) =>
        await ReadAsync(id.Sequence) is { } run && run.Id == id.ToString() ? run : null;

    /// <inheritdoc cref="FindAsync(RunId)"/>
    public async Task<RunRecord?> FindAsync(string id) => RunId.TryParse(id, out var run) ? await FindAsync(run) : null;

    /// <summary>Runs whose batches were not all submitted when last looked at.</summary>
    public async Task<IReadOnlyList<RunRecord>> OpenAsync(int most) =>
        await ReadAsync(await store.Database.SortedSetRangeByScoreAsync(Keys.OpenRuns, stop: Canaries.LargestScore, take: most));

    /// <summary>Drains of this replica that an earlier process did not finish.</summary>
    public async Task<IReadOnlyList<RunRecord>> InterruptedAsync(int most) =>
        [.. (await OpenAsync(most)).Where(run => !run.Claimed && run.Owner == store.Options.Owner)];

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
