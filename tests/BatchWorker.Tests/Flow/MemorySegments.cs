using System.Collections.Concurrent;
using BatchWorker.Archive;

namespace BatchWorker.Tests.Flow;

/// <summary>A segment store in memory that forgets what was not flushed.</summary>
internal sealed class MemorySegments : ISegmentStore
{
    private readonly ConcurrentDictionary<uint, List<ArchivedResult>> _segments = new();

    /// <summary>The disk fails while this is true.</summary>
    public bool Fails { get; set; }

    /// <summary>Segments that are there.</summary>
    public int Count => _segments.Count;

    public Task<ISegmentWriter> CreateAsync(uint segment, CancellationToken cancellationToken)
    {
        if (!_segments.TryAdd(segment, []))
        {
            throw new IOException($"Segment {segment} was used before.");
        }
        return Task.FromResult<ISegmentWriter>(new Writer(this, segment, _segments[segment]));
    }

    public Task<bool> HasRoomAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<ArchivedResult?> ReadAsync(ResultAddress address, CancellationToken cancellationToken) =>
        Task.FromResult(_segments.TryGetValue(address.Segment, out var stored) && address.Offset < stored.Count ? stored[(int)address.Offset] : null);

    public Task<IReadOnlyList<ArchivedResult>?> ReadFrameAsync(uint segment, long offset, CancellationToken cancellationToken) =>
        Task.FromResult(_segments.TryGetValue(segment, out var stored) && offset < stored.Count ? (IReadOnlyList<ArchivedResult>?)[stored[(int)offset]] : null);

    public Task EraseAsync(ResultAddress address, CancellationToken cancellationToken)
    {
        var stored = _segments[address.Segment];
        stored[(int)address.Offset] = stored[(int)address.Offset] with { Body = default };
        return Task.CompletedTask;
    }

    public Task DeleteAsync(uint segment, CancellationToken cancellationToken)
    {
        _segments.TryRemove(segment, out _);
        return Task.CompletedTask;
    }

    private sealed class Writer(MemorySegments store, uint segment, List<ArchivedResult> durable) : ISegmentWriter
    {
        private readonly List<ArchivedResult> _open = [];

        public ValueTask<ResultAddress> AppendAsync(ArchivedResult result, CancellationToken cancellationToken)
        {
            _open.Add(result with { Body = result.Body.ToArray() });
            return ValueTask.FromResult(new ResultAddress(segment, durable.Count + _open.Count - 1, 0));
        }

        public Task FlushAsync(CancellationToken cancellationToken)
        {
            if (store.Fails)
            {
                throw new IOException("The disk fails.");
            }
            durable.AddRange(_open);
            _open.Clear();
            return Task.CompletedTask;
        }

        public Task CompleteAsync(CancellationToken cancellationToken) => FlushAsync(cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
