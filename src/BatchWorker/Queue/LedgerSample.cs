using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>A cheap part of an audit: some buckets and batches in turn, so that in time everything is looked at.</summary>
internal sealed class LedgerSample(LedgerStore store, LedgerAudit audit)
{
    private const int Buckets = 4;
    private const int Batches = 1;
    private const int Frames = 1;
    private readonly RoundWalk _buckets = new(store, store.Keys.Buckets);
    private readonly RoundWalk _batches = new(store, store.Keys.Batches);
    private readonly RoundWalk _open = new(store, store.Keys.OpenBatches);

    /// <summary>Violations in the next part.</summary>
    public async Task<IReadOnlyList<Violation>> NextAsync()
    {
        var found = new List<Violation>();
        foreach (var bucket in await _buckets.NextAsync(Buckets))
        {
            found.AddRange(await audit.BucketAsync(bucket));
        }
        foreach (var number in (await _open.NextAsync(Batches)).Union(await _batches.NextAsync(Batches)))
        {
            found.AddRange(await audit.BatchAsync(number, Frames) ?? []);
        }
        return found;
    }
}

/// <summary>Goes through an index of numbers from the lowest up, some at a time, and begins anew behind the last.</summary>
internal sealed class RoundWalk(LedgerStore store, RedisKey index)
{
    private long _next;

    public async Task<long[]> NextAsync(int most)
    {
        var numbers = Array.ConvertAll(await store.Database.SortedSetRangeByScoreAsync(index, _next, Canaries.LargestScore, take: most), number => (long)number);
        _next = numbers.Length < most ? 0 : numbers[^1] + 1;
        return numbers;
    }
}
