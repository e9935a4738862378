using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>The connection, the scripts and the clock that the verbs of the ledger share.</summary>
internal sealed class LedgerStore
{
    private readonly RedisScript _transact;
    private readonly RedisScript _finish;
    private readonly RedisScript _enqueue;
    private readonly RedisScript _lease;
    private readonly RedisScript _adopt;
    private readonly RedisScript _take;
    private readonly LogCommits? _commits;
    private volatile bool _closed;

    public LedgerStore(IConnectionMultiplexer connection, LedgerOptions options, TimeProvider time)
    {
        Database = new LedgerDatabase(connection.GetDatabase());
        Options = options;
        Time = time;
        Keys = new RedisKeys(options.Namespace);
        _transact = RedisScript.Load("transact", options.ScriptHead);
        _enqueue = RedisScript.Load("enqueue", options.ScriptHead);
        _finish = RedisScript.Load("transact", options.FinishingHead);
        _lease = RedisScript.Load("lease", options.FinishingHead);
        _adopt = RedisScript.Load("adopt", options.FinishingHead);
        _take = RedisScript.Load("take", options.ScriptHead);
        _commits = options.CommitsWrites ? new LogCommits(() => Database.ExecuteAsync("COMMITAOF")) : null;
    }

    public LedgerOptions Options { get; }

    public RedisKeys Keys { get; }

    public TimeProvider Time { get; }

    public LedgerDatabase Database { get; }

    public DateTimeOffset Now => Time.GetUtcNow();

    public long NowMs => Now.ToUnixTimeMilliseconds();

    /// <summary>First argument of scripts that need the time: empty for the store's own clock.</summary>
    public RedisValue ScriptTime => Options.UseProcessClock ? NowMs : RedisValue.EmptyString;

    /// <summary>The time by which leases are measured, in Unix milliseconds.</summary>
    public async Task<long> LeaseTimeAsync()
    {
        if (Options.UseProcessClock)
        {
            return NowMs;
        }
        var time = (long[])(await Database.ExecuteAsync("TIME"))!;
        return (time[0] * 1000) + (time[1] / 1000);
    }

    public LedgerTransaction Begin() => new(this, finishes: false);

    /// <summary>A transition that only finishes what was begun: a store whose memory is full takes it too.</summary>
    public LedgerTransaction Finish() => new(this, finishes: true);

    /// <summary>
    /// Waits until a write is durable where the store's answer does not say so. What was read beside it is durable then too:
    /// nobody acts on what a killed process would not find again.
    /// </summary>
    public async Task<T> DurableAsync<T>(Task<T> write)
    {
        var answer = await write;
        if (_commits is not null)
        {
            await _commits.CommitAsync();
        }
        return answer;
    }

    /// <summary>From now on every transition is refused.</summary>
    public void Close() => _closed = true;

    public Task<RedisResult> TransactAsync(bool finishes, RedisKey[] keys, RedisValue[] arguments) => RunAsync(finishes ? _finish : _transact, keys, arguments);

    public Task<RedisResult> EnqueueAsync(RedisKey[] keys, RedisValue[] arguments) => RunAsync(_enqueue, keys, arguments);

    /// <summary>The next number of a sequence; it is never given again.</summary>
    public Task<long> NextAsync(RedisValue sequence) => DurableAsync(Database.HashIncrementAsync(Keys.Meta, sequence));

    /// <summary>Not made durable: a lease is worth nothing to the process that comes after.</summary>
    public Task<RedisResult> LeaseAsync(RedisKey[] keys, RedisValue[] arguments) => _lease.RunAsync(Database, keys, arguments);

    /// <summary>Not made durable: an epoch fences what runs beside us, and nothing does where that matters.</summary>
    public Task<RedisResult> AdoptAsync(RedisKey[] keys, RedisValue[] arguments) => _adopt.RunAsync(Database, keys, arguments);

    /// <summary>Not made durable: a delivery that is handed out again is repeated under the same id.</summary>
    public Task<RedisResult> TakeAsync(RedisKey[] keys, RedisValue[] arguments) => _take.RunAsync(Database, keys, arguments);

    private Task<RedisResult> RunAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments) =>
        _closed ? throw new StoreLostException() : DurableAsync(script.RunAsync(Database, keys, arguments));
}
