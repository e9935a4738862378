namespace BatchWorker.Tests.Providers.Http;

/// <summary>Delivers bytes in pieces of given sizes, over and over.</summary>
internal sealed class SplitStream(byte[] bytes, int[] sizes) : MemoryStream(bytes)
{
    private int _reads;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(buffer.Length, sizes[_reads++ % sizes.Length])], cancellationToken);
}

/// <summary>So many bytes without a newline.</summary>
internal sealed class EndlessLine(long length) : MemoryStream
{
    private long _left = length;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = (int)Math.Min(buffer.Length, _left);
        buffer.Span[..read].Fill((byte)'x');
        _left -= read;
        return ValueTask.FromResult(read);
    }
}
