using BatchWorker.Queue;
using BatchWorker.Settings;
using StackExchange.Redis;
#if EMBEDDED_STORE
using BatchWorker.EmbeddedStore;
#endif

namespace BatchWorker;

/// <summary>The store of this process, open: a Redis that others may share, or one of our own that lives and ends with us.</summary>
internal sealed class OpenStore : IAsyncDisposable
{
    /// <summary>Bytes of log from which a stop takes a checkpoint, so that the next start is quick.</summary>
    private const long LongLog = 4 << 20;

    private readonly IDisposable? _embedded;
    private readonly ILoggerFactory _loggers;

    private OpenStore(IConnectionMultiplexer connection, ILoggerFactory loggers, IDisposable? embedded = null)
    {
        Connection = connection;
        Log = new StoreLog(connection.GetDatabase());
        _loggers = loggers;
        _embedded = embedded;
    }

    public IConnectionMultiplexer Connection { get; }

    /// <summary>Whether it runs in this process.</summary>
    public bool IsEmbedded => _embedded is not null;

    /// <summary>The log of a store that runs in this process.</summary>
    public StoreLog Log { get; }

    /// <summary>Whether a stop leaves the log as it is: it may hold what the store has lost.</summary>
    public bool KeepsLog { get; set; }

    /// <summary>How the ledger is kept in it.</summary>
    public LedgerOptions Fit(LedgerOptions options) => IsEmbedded ? options with { ScriptHead = "", FinishingHead = "", CommitsWrites = true, KeepsCanaries = true } : options;

    public static async Task<OpenStore> OpenAsync(DaemonSettings settings, ILoggerFactory loggers) =>
        settings.Redis is { } redis ? new OpenStore(await ConnectionMultiplexer.ConnectAsync(redis), loggers) : await EmbedAsync(settings, loggers);

    /// <summary>Ends this process at once, as a kill would: what was acknowledged is in the log, and nothing may wait for a store that has failed.</summary>
    public void Abandon() => Abandon(_loggers);

    /// <summary>What is written is committed before the store closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (IsEmbedded)
        {
            await (KeepsLog || await Log.SizeAsync() < LongLog ? Log.CommitAsync() : Log.CheckpointAsync());
        }
        await Connection.DisposeAsync();
        _embedded?.Dispose();
    }

    private static void Abandon(ILoggerFactory loggers)
    {
        Settings.Log.StoreFailed(loggers.CreateLogger(nameof(BatchWorker)));
        loggers.Dispose();
        Environment.Exit(StartRefusal.Lost);
    }

#if EMBEDDED_STORE
    private static async Task<OpenStore> EmbedAsync(DaemonSettings settings, ILoggerFactory loggers)
    {
        var server = EmbeddedServer.Start(new EmbeddedServerOptions(settings.StoreDirectory, settings.EmbeddedMemory), loggers, () => Abandon(loggers));
        var options = RedisUrl.Tuned(new ConfigurationOptions { EndPoints = { server.EndPoint }, Password = server.Password });
        return new OpenStore(await ConnectionMultiplexer.ConnectAsync(options), loggers, server);
    }
#else
    private static Task<OpenStore> EmbedAsync(DaemonSettings settings, ILoggerFactory loggers) =>
        throw StartRefusal.Of(RedisUrl.Variable, "the address of a Redis is required: this build has no embedded store.");
#endif
}
