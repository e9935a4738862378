using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// The commands of the ledger, all of which only the primary may answer. Left to itself the client asks a replica while there is no primary:
/// one that has just come back and knows nothing yet would say that there are no jobs.
/// </summary>
internal sealed class LedgerDatabase(IDatabase database)
{
    private const CommandFlags Primary = CommandFlags.DemandMaster;

    public Task<RedisValue> StringGetAsync(RedisKey key) => database.StringGetAsync(key, Primary);

    public Task<RedisValue> StringGetRangeAsync(RedisKey key, long start, long end) => database.StringGetRangeAsync(key, start, end, Primary);

    public Task<bool> KeyExistsAsync(RedisKey key) => database.KeyExistsAsync(key, Primary);

    public Task<RedisValue> HashGetAsync(RedisKey key, RedisValue field) => database.HashGetAsync(key, field, Primary);

    public Task<RedisValue[]> HashGetAsync(RedisKey key, RedisValue[] fields) => database.HashGetAsync(key, fields, Primary);

    public Task<HashEntry[]> HashGetAllAsync(RedisKey key) => database.HashGetAllAsync(key, Primary);

    public Task<RedisValue[]> HashKeysAsync(RedisKey key) => database.HashKeysAsync(key, Primary);

    public Task<long> HashLengthAsync(RedisKey key) => database.HashLengthAsync(key, Primary);

    public Task<bool> HashExistsAsync(RedisKey key, RedisValue field) => database.HashExistsAsync(key, field, Primary);

    public Task<bool> HashSetAsync(RedisKey key, RedisValue field, RedisValue value) => database.HashSetAsync(key, field, value, When.Always, Primary);

    public Task<long> HashIncrementAsync(RedisKey key, RedisValue field, long by = 1) => database.HashIncrementAsync(key, field, by, Primary);

    public Task<bool> HashDeleteAsync(RedisKey key, RedisValue field) => database.HashDeleteAsync(key, field, Primary);

    public Task<long> SortedSetLengthAsync(RedisKey key, double min = double.NegativeInfinity, double max = double.PositiveInfinity, Exclude exclude = Exclude.None) =>
        database.SortedSetLengthAsync(key, min, max, exclude, Primary);

    public Task<double?> SortedSetScoreAsync(RedisKey key, RedisValue member) => database.SortedSetScoreAsync(key, member, Primary);

    public Task<double?[]> SortedSetScoresAsync(RedisKey key, RedisValue[] members) => database.SortedSetScoresAsync(key, members, Primary);

    public Task<RedisValue[]> SortedSetRangeByRankAsync(RedisKey key, long start, long stop) => database.SortedSetRangeByRankAsync(key, start, stop, Order.Ascending, Primary);

    public Task<RedisValue[]> SortedSetRangeByScoreAsync(
        RedisKey key, double start = double.NegativeInfinity, double stop = double.PositiveInfinity, Exclude exclude = Exclude.None, Order order = Order.Ascending, long skip = 0, long take = -1) =>
        database.SortedSetRangeByScoreAsync(key, start, stop, exclude, order, skip, take, Primary);

    public Task<SortedSetEntry[]> SortedSetRangeByScoreWithScoresAsync(RedisKey key, double stop, long take) =>
        database.SortedSetRangeByScoreWithScoresAsync(key, stop: stop, take: take, flags: Primary);

    public Task<bool> SortedSetAddAsync(RedisKey key, RedisValue member, double score) => database.SortedSetAddAsync(key, member, score, SortedSetWhen.Always, Primary);

    public Task<bool> SortedSetUpdateAsync(RedisKey key, RedisValue member, double score, SortedSetWhen when) => database.SortedSetUpdateAsync(key, member, score, when, Primary);

    public Task<bool> SortedSetRemoveAsync(RedisKey key, RedisValue member) => database.SortedSetRemoveAsync(key, member, Primary);

    public Task<long> SortedSetRemoveAsync(RedisKey key, RedisValue[] members) => database.SortedSetRemoveAsync(key, members, Primary);

    public Task<long> SortedSetRemoveRangeByScoreAsync(RedisKey key, double start, double stop) => database.SortedSetRemoveRangeByScoreAsync(key, start, stop, Exclude.None, Primary);

    public Task<RedisResult> ScriptEvaluateAsync(string script, RedisKey[] keys, RedisValue[] arguments) => database.ScriptEvaluateAsync(script, keys, arguments, Primary);

    public Task<RedisResult> ExecuteAsync(string command, params object[] arguments) => database.ExecuteAsync(command, arguments, Primary);

    public Task<TimeSpan> PingAsync() => database.PingAsync(Primary);
}
