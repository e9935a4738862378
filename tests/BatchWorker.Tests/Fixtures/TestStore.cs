using BatchWorker.EmbeddedStore;
using BatchWorker.Queue;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace BatchWorker.Tests.Fixtures;

/// <summary>A store that runs for tests, and a connection to it.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private const long EmbeddedMemory = 64 << 20;
    private readonly Func<ValueTask> _stop;

    private TestStore(IConnectionMultiplexer connection, Func<ValueTask> stop)
    {
        Connection = connection;
        _stop = stop;
    }

    public IConnectionMultiplexer Connection { get; }

    public IServer Server => Connection.GetServers()[0];

    public static Task<TestStore> StartAsync(StoreKind kind, bool appendOnly = false) => kind == StoreKind.Embedded ? EmbedAsync() : RunRedisAsync(appendOnly);

    /// <summary>How the ledger of the running test is kept in its store.</summary>
    public static LedgerOptions Fit(LedgerOptions options) =>
        EachStore.Current == StoreKind.Embedded ? options with { ScriptHead = "", FinishingHead = "", CommitsWrites = true } : options;

    public ValueTask DisposeAsync() => _stop();

    private static async Task<TestStore> RunRedisAsync(bool appendOnly)
    {
        if (!RedisServer.IsInstalled)
        {
            Assert.Ignore("redis-server is not installed.");
        }
        var server = await RedisServer.StartAsync(appendOnly);
        return new TestStore(server.Connection, server.DisposeAsync);
    }

    private static async Task<TestStore> EmbedAsync()
    {
        var directory = Directory.CreateTempSubdirectory("bw-embedded-");
        var server = EmbeddedServer.Start(new EmbeddedServerOptions(directory.FullName, EmbeddedMemory), NullLoggerFactory.Instance, () => throw new InvalidOperationException("The embedded store could not write to its disk."));
        var options = new ConfigurationOptions { EndPoints = { server.EndPoint }, Password = server.Password, AllowAdmin = true };
        var connection = await ConnectionMultiplexer.ConnectAsync(options);
        return new TestStore(connection, async () =>
        {
            await connection.DisposeAsync();
            server.Dispose();
            directory.Delete(recursive: true);
        });
    }
}
