namespace BatchWorker.Queue;

/// <summary>Writes unsigned integers of 1 to 8 bytes, big endian, so that packed records compare by time.</summary>
internal ref struct PackedWriter(Span<byte> target)
{
    private readonly Span<byte> _target = target;
    private int _at;

    public void Put(long value, int bytes)
    {
        if (value < 0 || (bytes < 8 && value >> (8 * bytes) != 0))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, $"does not fit {bytes} bytes");
        }
        for (var i = bytes - 1; i >= 0; i--, value >>= 8)
        {
            _target[_at + i] = (byte)value;
        }
        _at += bytes;
    }
}

/// <summary>Reads what <see cref="PackedWriter"/> wrote.</summary>
internal ref struct PackedReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private int _at;

    public long Take(int bytes)
    {
        long value = 0;
        for (var end = _at + bytes; _at < end; _at++)
        {
            value = (value << 8) | _source[_at];
        }
        return value;
    }
}
