using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Jobs that wait in one lane, by priority (index 0 is priority 1).</summary>
internal sealed record LaneWaiting(int Number, Lane Lane, IReadOnlyList<long> ByPriority)
{
    public long Total => ByPriority.Sum();
}

/// <summary>What waits, counted from the queues themselves.</summary>
/// <param name="Lanes">Lanes in which something waits.</param>
/// <param name="Delayed">Of these, jobs whose not_before has not come.</param>
/// <param name="Dead">Failed jobs.</param>
/// <param name="OldestMs">Unix milliseconds at which the oldest waiting job was accepted; null when none waits.</param>
internal sealed record WaitingSummary(IReadOnlyList<LaneWaiting> Lanes, long Delayed, long Dead, long? OldestMs)
{
    public long Total => Lanes.Sum(lane => lane.Total);
}

/// <summary>Counts the queues.</summary>
internal sealed class QueueCounts(LedgerStore store, Lanes lanes)
{
    /// <summary>Priorities that a job may have.</summary>
    public const int Priorities = 10;

    private RedisKeys Keys => store.Keys;

    public async Task<WaitingSummary> CountAsync()
    {
        var counted = await Task.WhenAll((await lanes.AllAsync()).Select(CountLaneAsync));
        var waiting = counted.Where(lane => lane.Total > 0).ToArray();
        var delayed = await store.Database.SortedSetLengthAsync(Keys.Delayed, store.NowMs, Canaries.LargestScore, Exclude.Start);
        return new WaitingSummary(waiting, delayed, await store.Database.SortedSetLengthAsync(Keys.Dead, max: Canaries.LargestScore), await OldestAsync(waiting));
    }

    /// <summary>Sets the guard that intake reads to what the queues hold: scripts that were cut off may have left it behind.</summary>
    public async Task RecountAsync()
    {
        var before = await store.Database.HashGetAsync(Keys.Meta, LedgerFields.Waiting);
        var total = await TotalAsync();
        if ((long)before == total)
        {
            return;
        }
        await store.Begin()
            .Expect(Keys.Meta, LedgerFields.Waiting, before.HasValue ? before : RedisValue.EmptyString)
            .Write("HSET", Keys.Meta, LedgerFields.Waiting, total)
            .CommitAsync();
    }

    /// <summary>Two small questions a lane.</summary>
    private async Task<long> TotalAsync()
    {
        var queues = (await lanes.AllAsync()).SelectMany(lane => new[] { Keys.Waiting(lane.Key), Keys.Later(lane.Key) });
        return (await Task.WhenAll(queues.Select(LengthAsync))).Sum();
    }

    private async Task<LaneWaiting> CountLaneAsync(KeyValuePair<int, Lane> lane)
    {
        var counts = await Task.WhenAll(CountQueueAsync(Keys.Waiting(lane.Key)), CountQueueAsync(Keys.Later(lane.Key)));
        return new LaneWaiting(lane.Key, lane.Value, [.. counts[0].Zip(counts[1], (waiting, later) => waiting + later)]);
    }

    /// <summary>By priority; one question for a queue in which nothing waits, and most lanes hold nothing most of the time.</summary>
    private async Task<long[]> CountQueueAsync(RedisKey queue) =>
        await LengthAsync(queue) == 0
            ? new long[Priorities]
            : await Task.WhenAll(Enumerable.Range(1, Priorities).Select(priority =>
                store.Database.SortedSetLengthAsync(queue, JobRecord.Place(priority, 0), JobRecord.Place(priority, Ulid.Max40))));

    private Task<long> LengthAsync(RedisKey queue) => store.Database.SortedSetLengthAsync(queue, max: Canaries.LargestScore);

    /// <summary>The first of each priority is the oldest of it.</summary>
    private async Task<long?> OldestAsync(IEnumerable<LaneWaiting> waiting)
    {
        var heads = waiting.SelectMany(lane => Enumerable.Range(1, Priorities)
            .Where(priority => lane.ByPriority[priority - 1] > 0)
            .SelectMany(priority => new[] { HeadAsync(Keys.Waiting(lane.Number), priority), HeadAsync(Keys.Later(lane.Number), priority) }));
        var sequences = (await Task.WhenAll(heads)).OfType<long>().ToArray();
        if (sequences.Length == 0)
        {
            return null;
        }
        var records = await JobRecords.ReadAsync(store, [sequences.Min()]);
        return records[0]?.CreatedMs;
    }

    private async Task<long?> HeadAsync(RedisKey queue, int priority)
    {
        var first = await store.Database.SortedSetRangeByScoreAsync(queue, JobRecord.Place(priority, 0), JobRecord.Place(priority, Ulid.Max40), take: 1);
        return first.Length == 0 ? null : JobSlots.SequenceOf(first[0]);
    }
}
