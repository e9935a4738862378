namespace BatchWorker.Tests.Fixtures;

/// <summary>The stores that the ledger is kept in.</summary>
internal enum StoreKind
{
    /// <summary>A redis-server; where none is installed, its tests are skipped.</summary>
    Redis,

    /// <summary>The store in our own process.</summary>
    Embedded,
}
