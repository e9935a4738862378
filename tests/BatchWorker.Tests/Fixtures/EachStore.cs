using NUnit.Framework.Internal;

namespace BatchWorker.Tests.Fixtures;

/// <summary>Tests that run once on each store: the same ledger has to work on both.</summary>
[TestFixtureSource(typeof(EachStore), nameof(Kinds))]
internal abstract class EachStore(StoreKind kind)
{
    public static readonly StoreKind[] Kinds = Enum.GetValues<StoreKind>();

    public StoreKind Kind => kind;

    /// <summary>The store of the running test; a test that does not say which runs on a redis-server.</summary>
    public static StoreKind Current => (TestExecutionContext.CurrentContext.TestObject as EachStore)?.Kind ?? StoreKind.Redis;
}
