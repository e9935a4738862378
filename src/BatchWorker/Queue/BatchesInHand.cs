using System.Collections.Concurrent;

namespace BatchWorker.Queue;

/// <summary>The batches that this process works on at the moment.</summary>
internal sealed class BatchesInHand
{
    private readonly ConcurrentDictionary<long, bool> _numbers = new();

    public bool TryTake(long number) => _numbers.TryAdd(number, true);

    public void Release(long number) => _numbers.TryRemove(number, out _);
}
