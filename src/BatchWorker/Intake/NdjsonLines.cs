using System.Buffers;
using System.IO.Pipelines;

namespace BatchWorker.Intake;

/// <summary>One line of a body.</summary>
/// <param name="Number">From 1, blank lines included.</param>
/// <param name="Bytes">Without its line feed; null when it is too long to be kept.</param>
internal sealed record NdjsonLine(long Number, ReadOnlyMemory<byte>? Bytes)
{
    public bool IsBlank => Bytes is { } bytes && bytes.Span.Trim(" \t\r"u8).IsEmpty;
}

/// <summary>Takes lines from a body as they arrive; what is too long is passed over without keeping it.</summary>
internal sealed class NdjsonLines(PipeReader body)
{
    private bool _skipping;
    private bool _ended;
    private long _number;

    /// <summary>Bytes at the start of the rest that are known to hold no line feed: a long line is searched once, not with every packet.</summary>
    private long _searched;

    /// <summary>Reading was cancelled with <see cref="PipeReader.CancelPendingRead"/>: the body may go on.</summary>
    public bool WasStopped { get; private set; }

    /// <summary>The lines that are there; waits only when there is none. Empty at the end of the body and after a stop.</summary>
    public async ValueTask<IReadOnlyList<NdjsonLine>> ReadAsync(int most, long mostBytes, CancellationToken cancellationToken)
    {
        var lines = new List<NdjsonLine>();
        while (lines.Count == 0 && !_ended && !WasStopped)
        {
            var read = await body.ReadAsync(cancellationToken);
            WasStopped = read.IsCanceled;
            var rest = read.Buffer;
            long bytes = 0;
            while (lines.Count < most && bytes < mostBytes && TryTake(ref rest, read.IsCompleted) is { } line)
            {
                lines.Add(line);
                bytes += line.Bytes?.Length ?? 0;
            }
            _ended = read.IsCompleted && rest.IsEmpty;
            body.AdvanceTo(rest.Start, lines.Count == 0 ? rest.End : rest.Start);
        }
        return lines;
    }

    private NdjsonLine? TryTake(ref ReadOnlySequence<byte> rest, bool isLast)
    {
        if (rest.Slice(_searched).PositionOf((byte)'\n') is { } feed)
        {
            var line = Take(rest.Slice(0, feed));
            rest = rest.Slice(rest.GetPosition(1, feed));
            return line;
        }
        if (isLast && (!rest.IsEmpty || _skipping))
        {
            var line = Take(rest);
            rest = rest.Slice(rest.End);
            return line;
        }
        if (_skipping || rest.Length > IntakeOptions.MostBytes)
        {
            _skipping = true;
            rest = rest.Slice(rest.End);
        }
        _searched = rest.Length;
        return null;
    }

    private NdjsonLine Take(ReadOnlySequence<byte> line)
    {
        var tooLong = _skipping || line.Length > IntakeOptions.MostBytes;
        _skipping = false;
        _searched = 0;
        return new NdjsonLine(++_number, tooLong ? default(ReadOnlyMemory<byte>?) : line.ToArray());
    }
}
