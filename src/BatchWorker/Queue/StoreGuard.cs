namespace BatchWorker.Queue;

/// <summary>Stops the daemon when the store has dropped data: on what is left, jobs would be lost without a word or paid for twice.</summary>
internal sealed class StoreGuard(LedgerStore store, Canaries canaries, IHostApplicationLifetime lifetime, ILogger<StoreGuard> logger)
{
    /// <summary>Whether data was found missing.</summary>
    public bool HasLost { get; private set; }

    /// <summary>Looks before anything else is done. False when data is missing.</summary>
    public async Task<bool> BeginAsync()
    {
        if (store.Options.KeepsCanaries && !await canaries.BeginAsync())
        {
            Stop((string)store.Keys.Canaries!);
        }
        return !HasLost && await LookAsync();
    }

    /// <summary>False when data is missing; then the daemon stops and claims nothing any more.</summary>
    public async Task<bool> LookAsync()
    {
        if (store.Options.KeepsCanaries && !HasLost && await canaries.FindMissingAsync() is { } key)
        {
            Stop(key);
        }
        return !HasLost;
    }

    private void Stop(string key)
    {
        HasLost = true;
        store.Close();
        Log.StoreLost(logger, key);
        lifetime.StopApplication();
    }
}
