namespace BatchWorker.Simulator.Faults;

/// <summary>An answer that drips or breaks off.</summary>
internal sealed class FaultyStream(Stream inner, FaultAction fault, HttpContext context, TimeProvider time) : Stream
{
    private int _sent;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (var rest = buffer; rest.Length > 0;)
        {
            var part = rest[..Math.Min(rest.Length, fault.Type == "slow" ? fault.Chunk : Math.Max(0, fault.Bytes - _sent))];
            await inner.WriteAsync(part, cancellationToken);
            await inner.FlushAsync(cancellationToken);
            _sent += part.Length;
            rest = rest[part.Length..];
            if (fault.Type == "truncate" && _sent >= fault.Bytes)
            {
                context.Abort();
                return;
            }
            if (fault.Type == "slow")
            {
                await Task.Delay(TimeSpan.FromMilliseconds(fault.DelayMs), time, cancellationToken);
            }
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
