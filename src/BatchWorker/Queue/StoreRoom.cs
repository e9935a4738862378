namespace BatchWorker.Queue;

/// <summary>Whether there is room for more jobs where the store writes. A Redis is asked for nothing: it refuses writes itself.</summary>
internal class StoreRoom
{
    public virtual bool IsFull => false;
}
