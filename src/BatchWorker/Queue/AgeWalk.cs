using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>What a look at something old came to.</summary>
internal enum Aged
{
    /// <summary>It is too young, and so is all that was begun after it.</summary>
    TooYoung,

    /// <summary>Old enough, but something still needs it.</summary>
    Kept,

    Dropped,
}

/// <summary>
/// Walks an index of numbers from the oldest up, some at a time: each walk goes on where the last one ended and begins anew
/// when it comes to what is too young. Numbers are given in the order of time, so what is young is never looked at.
/// </summary>
internal sealed class AgeWalk(LedgerStore store, RedisKey index, int most)
{
    private long _next;

    /// <summary>Answers how many were dropped.</summary>
    public async Task<int> GoOnAsync(Func<long, Task<Aged>> look)
    {
        var numbers = await store.Database.SortedSetRangeByScoreAsync(index, start: _next, take: most);
        var dropped = 0;
        foreach (var number in numbers)
        {
            var aged = await look((long)number);
            if (aged == Aged.TooYoung)
            {
                _next = 0;
                return dropped;
            }
            dropped += aged == Aged.Dropped ? 1 : 0;
            _next = (long)number + 1;
        }
        _next = numbers.Length < most ? 0 : _next;
        return dropped;
    }
}
