using BatchWorker.Archive;

namespace BatchWorker.Queue;

/// <summary>Appends frames to one segment in Redis. The store's own durability is that of the ledger: both are lost or kept together.</summary>
internal sealed class RedisSegmentWriter(RedisSegmentStore store, uint segment) : ISegmentWriter
{
    private readonly OpenFrame _open = new();
    private int _frames;

    public async ValueTask<ResultAddress> AppendAsync(ArchivedResult result, CancellationToken cancellationToken)
    {
        if (!_open.Takes(result))
        {
            await FlushAsync(cancellationToken);
        }
        _open.Add(result);
        return new ResultAddress(segment, _frames, (ushort)(_open.Count - 1));
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_open.Count > 0)
        {
            await store.AppendAsync(segment, _frames, _open.Seal());
            _frames++;
            _open.Clear();
        }
    }

    /// <summary>Needs no footer: the store counts the frames.</summary>
    public Task CompleteAsync(CancellationToken cancellationToken) => FlushAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        _open.Dispose();
        return ValueTask.CompletedTask;
    }
}
