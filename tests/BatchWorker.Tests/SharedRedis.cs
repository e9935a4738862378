using BatchWorker.Tests.Fixtures;
using StackExchange.Redis;

namespace BatchWorker.Tests;

/// <summary>One store of each kind for all tests of the assembly; each test takes a namespace of its own.</summary>
[SetUpFixture]
internal sealed class SharedRedis
{
    private static readonly SemaphoreSlim s_gate = new(1);
    private static readonly Dictionary<StoreKind, TestStore> s_stores = [];
    private static int s_namespaces;

    /// <summary>The store of the running test.</summary>
    public static async Task<TestStore> StoreAsync()
    {
        var kind = EachStore.Current;
        await s_gate.WaitAsync();
        try
        {
            return s_stores.TryGetValue(kind, out var store) ? store : s_stores[kind] = await TestStore.StartAsync(kind);
        }
        finally
        {
            s_gate.Release();
        }
    }

    public static async Task<IConnectionMultiplexer> ConnectionAsync() => (await StoreAsync()).Connection;

    public static string NewNamespace() => $"t{Interlocked.Increment(ref s_namespaces)}";

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        foreach (var store in s_stores.Values)
        {
            await store.DisposeAsync();
        }
    }
}
