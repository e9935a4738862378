namespace BatchWorker.Simulator.Faults;

/// <summary>Lets so many bytes of an answer pass and drops the rest.</summary>
internal sealed class CutStream(Stream inner, long bytes) : AnswerStream(inner)
{
    private long _left = bytes;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var passes = (int)Math.Min(_left, buffer.Length);
        _left -= passes;
        await Inner.WriteAsync(buffer[..passes], cancellationToken);
    }
}
