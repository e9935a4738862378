using System.Buffers.Binary;
using System.IO.Hashing;

namespace BatchWorker.Archive;

/// <summary>Appends frames to one file. The open frame's place is known before it is written: it goes to the end.</summary>
internal sealed class FileSegmentWriter(uint segment, FileStream file) : ISegmentWriter
{
    private const uint FooterMagic = 0x3149_5742;
    private readonly OpenFrame _open = new();
    private readonly List<(long Offset, ushort Count)> _frames = [];
    private long _length;

    public async ValueTask<ResultAddress> AppendAsync(ArchivedResult result, CancellationToken cancellationToken)
    {
        if (!_open.Takes(result))
        {
            await WriteOpenFrameAsync(cancellationToken);
        }
        _open.Add(result);
        return new ResultAddress(segment, _length, (ushort)(_open.Count - 1));
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await WriteOpenFrameAsync(cancellationToken);
        RandomAccess.FlushToDisk(file.SafeFileHandle);
    }

    /// <summary>The footer lists the frames: magic, CRC-32, count, then offset and count of each; its own length comes last.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await WriteOpenFrameAsync(cancellationToken);
        var footer = new byte[12 + (_frames.Count * 10) + 4];
        BinaryPrimitives.WriteUInt32LittleEndian(footer, FooterMagic);
        BinaryPrimitives.WriteInt32LittleEndian(footer.AsSpan(8), _frames.Count);
        for (var i = 0; i < _frames.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(footer.AsSpan(12 + (i * 10)), _frames[i].Offset);
            BinaryPrimitives.WriteUInt16LittleEndian(footer.AsSpan(20 + (i * 10)), _frames[i].Count);
        }
        BinaryPrimitives.WriteInt32LittleEndian(footer.AsSpan(footer.Length - 4), footer.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(footer.AsSpan(4), Crc32.HashToUInt32(footer.AsSpan(8)));
        await RandomAccess.WriteAsync(file.SafeFileHandle, footer, _length, cancellationToken);
        RandomAccess.FlushToDisk(file.SafeFileHandle);
    }

    public ValueTask DisposeAsync()
    {
        _open.Dispose();
        return file.DisposeAsync();
    }

    private async Task WriteOpenFrameAsync(CancellationToken cancellationToken)
    {
        if (_open.Count == 0)
        {
            return;
        }
        var frame = _open.Seal();
        await RandomAccess.WriteAsync(file.SafeFileHandle, frame, _length, cancellationToken);
        _frames.Add((_length, _open.Count));
        _length += frame.Length;
        _open.Clear();
    }
}
