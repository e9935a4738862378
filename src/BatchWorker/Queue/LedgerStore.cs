using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>The connection, the scripts and the clock that the verbs of the ledger share.</summary>
internal sealed class LedgerStore
{
    private readonly IConnectionMultiplexer _connection;
    private readonly RedisScript _transact;
    private readonly RedisScript _enqueue;
    private readonly RedisScript _lease;
    private readonly RedisScript _adopt;

    public LedgerStore(IConnectionMultiplexer connection, LedgerOptions options, TimeProvider time)
    {
        _connection = connection;
        Options = options;
        Time = time;
        Keys = new RedisKeys(options.Namespace);
        _transact = RedisScript.Load("transact", options.ScriptHead);
        _enqueue = RedisScript.Load("enqueue", options.ScriptHead);
        _lease = RedisScript.Load("lease", options.ScriptHead);
        _adopt = RedisScript.Load("adopt", options.ScriptHead);
    }

    public LedgerOptions Options { get; }

    public RedisKeys Keys { get; }

    public TimeProvider Time { get; }

    public IDatabase Database => _connection.GetDatabase();

    public DateTimeOffset Now => Time.GetUtcNow();

    public long NowMs => Now.ToUnixTimeMilliseconds();

    /// <summary>First argument of scripts that need the time: empty for the store's own clock.</summary>
    public RedisValue ScriptTime => Options.UseProcessClock ? NowMs : RedisValue.EmptyString;

    public LedgerTransaction Begin() => new(this);

    public Task<RedisResult> TransactAsync(RedisKey[] keys, RedisValue[] arguments) => _transact.RunAsync(Database, keys, arguments);

    public Task<RedisResult> EnqueueAsync(RedisKey[] keys, RedisValue[] arguments) => _enqueue.RunAsync(Database, keys, arguments);

    public Task<RedisResult> LeaseAsync(RedisKey[] keys, RedisValue[] arguments) => _lease.RunAsync(Database, keys, arguments);

    public Task<RedisResult> AdoptAsync(RedisKey[] keys, RedisValue[] arguments) => _adopt.RunAsync(Database, keys, arguments);
}
