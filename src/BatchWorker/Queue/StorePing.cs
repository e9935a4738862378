namespace BatchWorker.Queue;

/// <summary>Asks the store whether it is there.</summary>
internal sealed class StorePing(LedgerStore store)
{
    public Task<TimeSpan> PingAsync() => store.Database.PingAsync();
}
