namespace BatchWorker.Simulator.Faults;

/// <summary>Sends an answer in small pieces with pauses.</summary>
internal sealed class DripStream(Stream inner, int piece, TimeSpan pause, TimeProvider clock) : AnswerStream(inner)
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (var at = 0; at < buffer.Length; at += piece)
        {
            await Inner.WriteAsync(buffer.Slice(at, Math.Min(piece, buffer.Length - at)), cancellationToken);
            await Inner.FlushAsync(cancellationToken);
            await Task.Delay(pause, clock, cancellationToken);
        }
    }
}
