using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// The outbox of callbacks, as parts of the transitions that fill it. An event is written before the state that it tells of: where a script
/// was cut off between the two, whoever is to deliver it finds that its time has not come, and drops it.
/// </summary>
internal static class CallbackOutbox
{
    public static void Add(LedgerTransaction change, RedisKeys keys, IEnumerable<CallbackEvent> events)
    {
        foreach (var host in events.GroupBy(one => one.Host))
        {
            RedisValue[] byTime = [.. host.SelectMany(one => new[] { one.AtMs, one.Subject.Member })];
            change.Write("ZADD", keys.CallbackHosts, host.Min(one => one.AtMs), host.Key)
                .Write("ZADD", keys.CallbackQueue(host.Key), byTime)
                .Write("ZADD", keys.PendingCallbacks, byTime)
                .Write("ZADD", keys.OpenCallbacks, [.. host.SelectMany(one => new[] { one.Subject.Number, one.Subject.Member })]);
        }
    }

    /// <summary>
    /// Takes events out of every list, out of the queue last: whoever meets one there takes it out of the others too. The host stays in the list of hosts
    /// until somebody has looked at its queue.
    /// </summary>
    public static void Remove(LedgerTransaction change, RedisKeys keys, IEnumerable<CallbackEvent> events)
    {
        foreach (var host in events.GroupBy(one => one.Host))
        {
            RedisValue[] members = [.. host.Select(one => one.Subject.Member)];
            change.Write("ZREM", keys.PendingCallbacks, members).Write("ZREM", keys.OpenCallbacks, members).Write("ZREM", keys.CallbackQueue(host.Key), members);
        }
    }
}
