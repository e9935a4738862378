using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Looks in all queues for what belongs to no job; the jobs themselves know where they must be.</summary>
internal sealed class QueueAudit(LedgerStore store, Lanes lanes)
{
    private const int AtOnce = 1000;

    private RedisKeys Keys => store.Keys;

    /// <summary>Every queue there is: with the lane whose jobs it holds, null for all.</summary>
    public async Task<IReadOnlyList<(RedisKey Queue, int? Lane)>> QueuesAsync()
    {
        IEnumerable<(RedisKey, int?)> all = [(Keys.Due, null), (Keys.Delayed, null), (Keys.Deadlines, null), (Keys.Dead, null)];
        return [.. all, .. (await lanes.AllAsync()).SelectMany(lane => new (RedisKey, int?)[] { (Keys.Waiting(lane.Key), lane.Key), (Keys.Later(lane.Key), lane.Key) })];
    }

    /// <summary>Members of a part of a queue that are not jobs of it; null behind its end.</summary>
    public async Task<IReadOnlyList<Violation>?> CheckAsync((RedisKey Queue, int? Lane) queue, long from)
    {
        var members = await store.Database.SortedSetRangeByRankAsync(queue.Queue, from, from + AtOnce - 1);
        var sequences = members.Where(member => member.Length() == sizeof(long)).Select(JobSlots.SequenceOf).ToArray();
        var jobs = await JobRecords.ReadAsync(store, sequences);
        var wrong = sequences.Where((_, i) => jobs[i] is null || (queue.Lane is { } lane && jobs[i]!.Lane != lane));
        return members.Length == 0 ? null : [.. wrong.Select(sequence => new Violation(Invariants.OnePlace, $"queue {queue.Queue}", $"holds job number {sequence}, which is not there or of another lane"))];
    }

    public static long Next(long from) => from + AtOnce;
}
