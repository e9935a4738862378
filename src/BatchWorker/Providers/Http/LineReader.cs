using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace BatchWorker.Providers.Http;

/// <summary>Streams the lines of a download: one line in memory at a time, and none that the download cut off.</summary>
internal static class LineReader
{
    /// <summary>A line longer than this is no answer to a request of ours.</summary>
    public const int LongestLine = 128 << 20;

    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(100);

    /// <summary>Lines without their line feed; each is valid until the next is read. Throws <see cref="IOException"/> when the stream breaks or stalls.</summary>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(Stream stream, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream);
        for (var ended = false; !ended;)
        {
            var read = await ReadMoreAsync(reader, time, cancellationToken);
            ended = read.IsCompleted;
            var rest = read.Buffer;
            while (TryTake(ref rest, ended) is { } line)
            {
                yield return line;
            }
            if (rest.Length > LongestLine)
            {
                throw new IOException($"A line is longer than {LongestLine} bytes.");
            }
            reader.AdvanceTo(rest.Start, rest.End);
        }
        await reader.CompleteAsync();
    }

    private static async Task<ReadResult> ReadMoreAsync(PipeReader reader, TimeProvider time, CancellationToken cancellationToken)
    {
        using var idle = new CancellationTokenSource(s_idle, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
        try
        {
            return await reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (idle.IsCancellationRequested)
        {
            throw new IOException($"Nothing arrived for {s_idle.TotalSeconds} s.");
        }
    }

    /// <summary>The next line; the last one needs no line feed once the stream has ended as it should.</summary>
    private static ReadOnlyMemory<byte>? TryTake(ref ReadOnlySequence<byte> rest, bool ended)
    {
        if (rest.PositionOf((byte)'\n') is { } feed)
        {
            var line = rest.Slice(0, feed).ToArray();
            rest = rest.Slice(rest.GetPosition(1, feed));
            return line;
        }
        if (!ended || rest.IsEmpty)
        {
            return null;
        }
        var last = rest.ToArray();
        rest = rest.Slice(rest.End);
        return last;
    }
}
