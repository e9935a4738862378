namespace BatchWorker.Queue;

/// <summary>
/// The room on the disk of a store in this process. Jobs are refused while there is still enough left to finish those that were accepted:
/// their answers, the store's log and its next checkpoint.
/// </summary>
/// <param name="freeBytes">Bytes that are free on that disk.</param>
/// <param name="time">A look is good for a second.</param>
internal sealed class DiskRoom(Func<long> freeBytes, TimeProvider time) : StoreRoom
{
    /// <summary>Free bytes below which nothing new is accepted.</summary>
    public const long Least = 512L << 20;

    private static readonly TimeSpan s_goodFor = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private long? _lookedAt;
    private bool _full;

    public override ValueTask<bool> IsFullAsync() => ValueTask.FromResult(IsFull());

    private bool IsFull()
    {
        lock (_gate)
        {
            if (_lookedAt is not { } at || time.GetElapsedTime(at) >= s_goodFor)
            {
                _full = freeBytes() < Least;
                _lookedAt = time.GetTimestamp();
            }
            return _full;
        }
    }
}
