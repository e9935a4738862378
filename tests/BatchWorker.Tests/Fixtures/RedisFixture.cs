using StackExchange.Redis;

namespace BatchWorker.Tests.Fixtures;

/// <summary>Tests on real stores: one redis-server for the fixture, the embedded store of the assembly; a namespace of its own for every test.</summary>
internal abstract class RedisFixture(StoreKind kind) : EachStore(kind)
{
    private static int s_namespaces;
    private TestStore? _store;

    /// <summary>Whether the redis-server keeps an append-only file, fsynced on every write; default false.</summary>
    protected virtual bool AppendOnly => false;

    protected TestStore Redis => _store ?? throw new InvalidOperationException("No store runs outside a test.");

    protected IDatabase Database => Redis.Connection.GetDatabase();

    /// <summary>The namespace of the running test.</summary>
    protected string Namespace { get; private set; } = "";

    [OneTimeSetUp]
    public async Task StartStoreAsync() =>
        _store = Kind == StoreKind.Embedded ? await SharedRedis.StoreAsync() : await TestStore.StartAsync(Kind, AppendOnly);

    [OneTimeTearDown]
    public async Task StopStoreAsync()
    {
        if (_store is not null && Kind != StoreKind.Embedded)
        {
            await _store.DisposeAsync();
        }
    }

    [SetUp]
    public void ChooseNamespace() => Namespace = NewNamespace();

    /// <summary>A ledger on this store; in the namespace of the test unless another one is named.</summary>
    protected LedgerHarness NewLedger(string? ns = null) => new(Redis.Connection, ns ?? Namespace);

    /// <summary>A namespace that nothing has used, for tests that need many ledgers.</summary>
    protected static string NewNamespace() => "test" + Interlocked.Increment(ref s_namespaces);
}
