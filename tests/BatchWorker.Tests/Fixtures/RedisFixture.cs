using StackExchange.Redis;

namespace BatchWorker.Tests.Fixtures;

/// <summary>Tests on a real redis-server: one server for the fixture, a namespace of its own for every test.</summary>
internal abstract class RedisFixture
{
    private static int s_namespaces;
    private RedisServer? _server;

    /// <summary>Whether the server keeps an append-only file, fsynced on every write; default false.</summary>
    protected virtual bool AppendOnly => false;

    protected RedisServer Redis => _server ?? throw new InvalidOperationException("No redis-server runs outside a test.");

    protected IDatabase Database => Redis.Connection.GetDatabase();

    /// <summary>The namespace of the running test.</summary>
    protected string Namespace { get; private set; } = "";

    [OneTimeSetUp]
    public async Task StartRedisAsync()
    {
        if (!RedisServer.IsInstalled)
        {
            Assert.Ignore("redis-server is not installed.");
        }
        _server = await RedisServer.StartAsync(AppendOnly);
    }

    [OneTimeTearDown]
    public async Task StopRedisAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [SetUp]
    public void ChooseNamespace() => Namespace = NewNamespace();

    /// <summary>A ledger on this server; in the namespace of the test unless another one is named.</summary>
    protected LedgerHarness NewLedger(string? ns = null) => new(Redis.Connection, ns ?? Namespace);

    /// <summary>A namespace that nothing has used, for tests that need many ledgers.</summary>
    protected static string NewNamespace() => "test" + Interlocked.Increment(ref s_namespaces);
}
