namespace BatchWorker.Queue;

/// <summary>Whether there is room for more jobs where the store writes. This one has no bound.</summary>
internal class StoreRoom
{
    public virtual ValueTask<bool> IsFullAsync() => ValueTask.FromResult(false);
}
