using System.Globalization;
using BatchWorker.Archive;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// Segments in Redis itself: the same frames as in files, one string each, the number of a frame taking the place of its offset.
/// One hash knows how many frames and bytes each segment has and what they add up to, so that the cap holds over all replicas.
/// </summary>
/// <param name="store">Where.</param>
/// <param name="most">Cap on the bytes of all frames.</param>
internal sealed class RedisSegmentStore(LedgerStore store, long most) : ISegmentStore
{
    /// <summary>A retrieval is not begun for less: it would be read from the provider only to be put down again.</summary>
    private const int LeastRoomShare = 16;
    private const string Total = "total";
    private const string Erasures = "erasures";

    private RedisKeys Keys => store.Keys;

    public Task<ISegmentWriter> CreateAsync(uint segment, CancellationToken cancellationToken) =>
        Task.FromResult<ISegmentWriter>(new RedisSegmentWriter(this, segment));

    public async Task<bool> HasRoomAsync(CancellationToken cancellationToken) =>
        (long)await store.Database.HashGetAsync(Keys.ResultSizes, Total) < most - (most / LeastRoomShare);

    public async Task<ArchivedResult?> ReadAsync(ResultAddress address, CancellationToken cancellationToken)
    {
        var frame = await ReadFrameAsync(address.Segment, address.Offset, cancellationToken);
        return frame is not null && address.Index < frame.Count ? frame[address.Index] : null;
    }

    public async Task<IReadOnlyList<ArchivedResult>?> ReadFrameAsync(uint segment, long offset, CancellationToken cancellationToken) =>
        (byte[]?)await store.Database.StringGetAsync(Keys.Frame(segment, offset)) is { } frame ? Frame.Decode(frame) : null;

    /// <summary>
    /// Adds a frame to a segment. The frame comes first and the sums in one command after it, so that they are right whatever is cut off.
    /// Throws <see cref="SegmentStoreFullException"/> at the cap.
    /// </summary>
    public async Task AppendAsync(uint segment, int number, byte[] frame)
    {
        for (; ; )
        {
            var (total, size) = await SizesAsync(segment);
            var grown = new SegmentSize(number + 1, SegmentSize.Parse(size).Bytes + frame.Length);
            if ((long)total + frame.Length > most)
            {
                throw new SegmentStoreFullException();
            }
            var differ = await Expecting(segment, total, size)
                .Write("SET", Keys.Frame(segment, number), frame)
                .Write("HSET", Keys.ResultSizes, Total, (long)total + frame.Length, segment, grown.ToString())
                .CommitAsync();
            if (differ.Length == 0)
            {
                return;
            }
        }
    }

    /// <summary>A count of erasures is compared, so that two of them in one frame do not undo each other.</summary>
    public async Task EraseAsync(ResultAddress address, CancellationToken cancellationToken)
    {
        var key = Keys.Frame(address.Segment, address.Offset);
        for (; ; )
        {
            var count = await store.Database.HashGetAsync(Keys.ResultSizes, Erasures);
            if ((byte[]?)await store.Database.StringGetAsync(key) is not { } frame || Frame.Erase(frame, address.Index) is not { } erased)
            {
                return;
            }
            var differ = await store.Begin()
                .Expect(Keys.ResultSizes, Erasures, OrAbsent(count))
                .Write("SET", key, erased)
                .Write("HSET", Keys.ResultSizes, Erasures, (long)count + 1)
                .CommitAsync();
            if (differ.Length == 0)
            {
                return;
            }
        }
    }

    public async Task DeleteAsync(uint segment, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            var (total, size) = await SizesAsync(segment);
            var (frames, bytes) = SegmentSize.Parse(size);
            var delete = Expecting(segment, total, size);
            for (var number = 0; number <= frames; number++) // one more: an append may have been cut off
            {
                delete.Write("UNLINK", Keys.Frame(segment, number));
            }
            var differ = await delete
                .Write("HSET", Keys.ResultSizes, Total, (long)total - bytes, segment, RedisValue.EmptyString)
                .Write("HDEL", Keys.ResultSizes, segment)
                .CommitAsync();
            if (differ.Length == 0)
            {
                return;
            }
        }
    }

    private async Task<(RedisValue Total, RedisValue Size)> SizesAsync(uint segment)
    {
        var sizes = await store.Database.HashGetAsync(Keys.ResultSizes, [Total, segment]);
        return (sizes[0], sizes[1]);
    }

    private LedgerTransaction Expecting(uint segment, RedisValue total, RedisValue size) =>
        store.Begin().Expect(Keys.ResultSizes, [Total, segment], [OrAbsent(total), OrAbsent(size)]);

    private static RedisValue OrAbsent(RedisValue value) => value.HasValue ? value : RedisValue.EmptyString;

    /// <summary>What a segment holds, as <c>frames:bytes</c>.</summary>
    private readonly record struct SegmentSize(int Frames, long Bytes)
    {
        public static SegmentSize Parse(string? text) =>
            text?.Split(':') is [var frames, var bytes]
                ? new SegmentSize(int.Parse(frames, CultureInfo.InvariantCulture), long.Parse(bytes, CultureInfo.InvariantCulture))
                : default;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Frames}:{Bytes}");
    }
}
