using BatchWorker.Archive;

namespace BatchWorker.Control;

/// <summary>
/// Frames of one request: results were stored as the provider delivered them and are shown in the order of the batch,
/// so a frame is wanted again and again.
/// </summary>
internal sealed class FrameCache(ISegmentStore segments)
{
    private const long MostBytes = 48 << 20;
    private readonly Dictionary<(uint Segment, long Offset), IReadOnlyList<ArchivedResult>> _frames = [];
    private readonly Queue<(uint Segment, long Offset)> _order = [];
    private long _bytes;

    /// <summary>Null when the result is gone or damaged.</summary>
    public async Task<ArchivedResult?> ReadAsync(ResultAddress address, CancellationToken cancellationToken)
    {
        var key = (address.Segment, address.Offset);
        if (!_frames.TryGetValue(key, out var frame))
        {
            frame = await segments.ReadFrameAsync(address.Segment, address.Offset, cancellationToken) ?? [];
            Keep(key, frame);
        }
        return address.Index < frame.Count ? frame[address.Index] : null;
    }

    private void Keep((uint Segment, long Offset) key, IReadOnlyList<ArchivedResult> frame)
    {
        _frames[key] = frame;
        _order.Enqueue(key);
        _bytes += SizeOf(frame);
        while (_bytes > MostBytes && _order.Count > 1)
        {
            _frames.Remove(_order.Dequeue(), out var oldest);
            _bytes -= SizeOf(oldest!);
        }
    }

    private static long SizeOf(IReadOnlyList<ArchivedResult> frame) => frame.Sum(result => (long)result.Body.Length);
}
