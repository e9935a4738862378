using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Walks the union of bucket indexes from the newest bucket down, each bucket once.</summary>
internal sealed class BucketWalk(LedgerDatabase database, IReadOnlyList<RedisKey> indexes, long from)
{
    private const int Ahead = 32;
    private readonly Queue<long>[] _ahead = [.. indexes.Select(_ => new Queue<long>())];
    private readonly long[] _below = [.. indexes.Select(_ => from)];
    private readonly bool[] _ended = new bool[indexes.Count];

    /// <summary>The next buckets, fewer at the end.</summary>
    public async Task<List<long>> NextAsync(int most)
    {
        var next = new List<long>(most);
        while (next.Count < most && await NextAsync() is { } bucket)
        {
            next.Add(bucket);
        }
        return next;
    }

    /// <summary>The next bucket; null when there is none.</summary>
    public async Task<long?> NextAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, indexes.Count).Where(i => _ahead[i].Count == 0 && !_ended[i]).Select(RefillAsync));
        var heads = _ahead.Where(ahead => ahead.Count > 0).Select(ahead => ahead.Peek()).ToArray();
        if (heads.Length == 0)
        {
            return null;
        }
        var next = heads.Max();
        foreach (var ahead in _ahead.Where(ahead => ahead.Count > 0 && ahead.Peek() == next))
        {
            ahead.Dequeue();
        }
        return next;
    }

    private async Task RefillAsync(int i)
    {
        var buckets = await database.SortedSetRangeByScoreAsync(indexes[i], stop: _below[i], order: Order.Descending, take: Ahead);
        foreach (var bucket in buckets)
        {
            _ahead[i].Enqueue((long)bucket);
            _below[i] = (long)bucket - 1;
        }
        _ended[i] = buckets.Length < Ahead;
    }
}
