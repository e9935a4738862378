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
    private readonly IDisposable? _embedded;

    private OpenStore(IConnectionMultiplexer connection, IDisposable? embedded = null)
    {
        Connection = connection;
        _embedded = embedded;
    }

    public IConnectionMultiplexer Connection { get; }

    /// <summary>Whether it runs in this process.</summary>
    public bool IsEmbedded => _embedded is not null;

    /// <summary>How the ledger is kept in it.</summary>
    public LedgerOptions Fit(LedgerOptions options) => IsEmbedded ? options with { ScriptHead = "", CommitsWrites = true, KeepsCanaries = true } : options;

    public static async Task<OpenStore> OpenAsync(DaemonSettings settings, ILoggerFactory loggers) =>
        settings.Redis is { } redis ? new OpenStore(await ConnectionMultiplexer.ConnectAsync(redis)) : await EmbedAsync(settings, loggers);

    /// <summary>What is written is committed before the store closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (IsEmbedded)
        {
            await Connection.GetDatabase().ExecuteAsync("COMMITAOF");
        }
        await Connection.DisposeAsync();
        _embedded?.Dispose();
    }

#if EMBEDDED_STORE
    private static async Task<OpenStore> EmbedAsync(DaemonSettings settings, ILoggerFactory loggers)
    {
        var server = EmbeddedServer.Start(new EmbeddedServerOptions(settings.StoreDirectory, settings.EmbeddedMemory), loggers);
        var options = RedisUrl.Tuned(new ConfigurationOptions { EndPoints = { server.EndPoint }, Password = server.Password });
        return new OpenStore(await ConnectionMultiplexer.ConnectAsync(options), server);
    }
#else
    private static Task<OpenStore> EmbedAsync(DaemonSettings settings, ILoggerFactory loggers) =>
        throw StartRefusal.Of(RedisUrl.Variable, "the address of a Redis is required: this build has no embedded store.");
#endif
}
