using System.Globalization;
using StackExchange.Redis;

namespace BatchWorker.Tests.Simulation.Store;

/// <summary>The calls of the client library that the ledger makes, answered by the model.</summary>
internal sealed class ModelReads(ModelStore store)
{
    public object? Answer(StoreCall call)
    {
        var key = call.Arguments[0] is RedisKey name ? Bytes.Of(name) : "";
        return call.Name switch
        {
            "HashGetAsync" when call.Arguments[1] is RedisValue[] fields => Array.ConvertAll(fields, field => Bytes.Value(store.HashGet(key, Bytes.Of(field)))),
            "HashGetAsync" => Bytes.Value(store.HashGet(key, call.Text(1))),
            "HashExistsAsync" => store.HashGet(key, call.Text(1)) is not null,
            "HashLengthAsync" => (long)(store.Hashes.TryGetValue(key, out var hash) ? hash.Count : 0),
            "HashKeysAsync" => store.Hashes.TryGetValue(key, out var keys) ? keys.Keys.Select(field => Bytes.Value(field)).ToArray() : [],
            "HashGetAllAsync" => store.Hashes.TryGetValue(key, out var all) ? all.Select(field => new HashEntry(Bytes.Value(field.Key), Bytes.Value(field.Value))).ToArray() : [],
            "KeyExistsAsync" => (store.Hashes.TryGetValue(key, out var known) && known.Count > 0) || store.Members(key).Any() || store.Strings.ContainsKey(key),
            "HashSetAsync" => store.Write("HSET", key, [call.Text(1), call.Text(2)]) > 0,
            "HashDeleteAsync" => store.Write("HDEL", key, [call.Text(1)]) > 0,
            "HashIncrementAsync" => store.Write("HINCRBY", key, [call.Text(1), ModelStore.Text((long)call.Arguments[2]!)]),
            "StringGetAsync" => Bytes.Value(store.Strings.GetValueOrDefault(key)),
            "StringGetRangeAsync" => Bytes.Value(Part(store.Strings.GetValueOrDefault(key, ""), (long)call.Arguments[1]!, (long)call.Arguments[2]!)),
            "SortedSetAddAsync" => store.Write("ZADD", key, [Score(call.Arguments[2]), call.Text(1)]) > 0,
            "SortedSetUpdateAsync" => store.Write("ZADD", key, ["XX", Score(call.Arguments[2]), call.Text(1)]) > 0,
            "SortedSetRemoveAsync" when call.Arguments[1] is RedisValue[] members => store.Write("ZREM", key, Array.ConvertAll(members, Bytes.Of)),
            "SortedSetRemoveAsync" => store.Write("ZREM", key, [call.Text(1)]) > 0,
            "SortedSetRemoveRangeByScoreAsync" => store.Write("ZREMRANGEBYSCORE", key, [Score(call.Arguments[1]), Score(call.Arguments[2])]),
            "SortedSetScoresAsync" => Array.ConvertAll((RedisValue[])call.Arguments[1]!, member => store.Sets.TryGetValue(key, out var scored) ? scored.ScoreOf(Bytes.Of(member)) : null),
            "SortedSetRangeByRankAsync" => store.Members(key).Skip((int)(long)call.Arguments[1]!).Take((int)((long)call.Arguments[2]! - (long)call.Arguments[1]! + 1)).Select(entry => Bytes.Value(entry.Member)).ToArray(),
            "SortedSetScoreAsync" => store.Sets.TryGetValue(key, out var set) ? set.ScoreOf(call.Text(1)) : null,
            "SortedSetLengthAsync" => (long)Range(key, call, 1, (Exclude)call.Arguments[3]!, Order.Ascending).Count(),
            "SortedSetRangeByScoreAsync" => Page(key, call).Select(entry => Bytes.Value(entry.Member)).ToArray(),
            "SortedSetRangeByScoreWithScoresAsync" => Page(key, call).Select(entry => new SortedSetEntry(Bytes.Value(entry.Member), entry.Score)).ToArray(),
            "PingAsync" => TimeSpan.FromMilliseconds(1),
            "ExecuteAsync" => RedisResult.Create((RedisValue)"OK"),
            _ => throw new NotSupportedException($"The model does not know {call.Name}."),
        };
    }

    private IEnumerable<(double Score, string Member)> Page(string key, StoreCall call)
    {
        var (skip, take) = ((long)call.Arguments[5]!, (long)call.Arguments[6]!);
        var found = Range(key, call, 1, (Exclude)call.Arguments[3]!, (Order)call.Arguments[4]!).Skip((int)skip);
        return take < 0 ? found : found.Take((int)take);
    }

    private IEnumerable<(double Score, string Member)> Range(string key, StoreCall call, int from, Exclude exclude, Order order)
    {
        var (start, stop) = ((double)call.Arguments[from]!, (double)call.Arguments[from + 1]!);
        var found = store.Members(key).Where(entry =>
            (exclude.HasFlag(Exclude.Start) ? entry.Score > start : entry.Score >= start)
            && (exclude.HasFlag(Exclude.Stop) ? entry.Score < stop : entry.Score <= stop));
        return order == Order.Ascending ? found : found.Reverse();
    }

    private static string Score(object? score) => (double)score! switch
    {
        double.PositiveInfinity => "+inf",
        double.NegativeInfinity => "-inf",
        var finite => finite.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Part(string value, long start, long end) =>
        start >= value.Length ? "" : value[(int)start..(int)Math.Min(value.Length, end + 1)];
}
