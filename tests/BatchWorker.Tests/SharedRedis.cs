using BatchWorker.Tests.Fixtures;
using StackExchange.Redis;

namespace BatchWorker.Tests;

/// <summary>One redis-server for all tests of the assembly; each test takes a namespace of its own.</summary>
[SetUpFixture]
internal sealed class SharedRedis
{
    private static readonly SemaphoreSlim s_gate = new(1);
    private static PrivateRedis? s_server;
    private static ConnectionMultiplexer? s_connection;
    private static int s_namespaces;

    public static async Task<ConnectionMultiplexer> ConnectionAsync()
    {
        await s_gate.WaitAsync();
        try
        {
            s_server ??= await PrivateRedis.StartAsync();
            return s_connection ??= await s_server.ConnectAsync();
        }
        finally
        {
            s_gate.Release();
        }
    }

    public static string NewNamespace() => $"t{Interlocked.Increment(ref s_namespaces)}";

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (s_connection is not null)
        {
            await s_connection.DisposeAsync();
        }
        if (s_server is not null)
        {
            await s_server.DisposeAsync();
        }
    }
}
