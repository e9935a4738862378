using System.Buffers;
using System.IO.Pipelines;

namespace BatchWorker.Providers.Http;

/// <summary>Splits a stream into lines; holds one line at a time, and no more than <paramref name="longest"/> bytes of it.</summary>
internal sealed class LineReader(Stream stream, int longest) : IAsyncDisposable
{
    private const int ReadSize = 64 << 10;

    /// <summary>Of a line that is too long this much is kept: enough to find its id.</summary>
    private const int Sample = 4 << 10;

    private readonly PipeReader _pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadSize, leaveOpen: true));
    private ReadOnlySequence<byte> _unread;
    private long _searched;
    private bool _reading;
    private bool _ended;
    private byte[]? _sample;

    /// <summary>Bytes that came so far.</summary>
    public long Received { get; private set; }

    /// <summary>The next line, if it is already here.</summary>
    public bool TryRead(out Line line)
    {
        if (_unread.Slice(_searched).PositionOf((byte)'\n') is { } newline)
        {
            line = Take(_unread.Slice(0, newline), isTerminated: true);
            _unread = _unread.Slice(_unread.GetPosition(1, newline));
            return true;
        }
        if (_ended && (_unread.Length > 0 || _sample is not null))
        {
            line = Take(_unread, isTerminated: false);
            _unread = _unread.Slice(_unread.End);
            return true;
        }
        Remember();
        line = default;
        return false;
    }

    /// <summary>Waits for more bytes; false when the stream has ended and nothing is left.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_ended)
        {
            return false;
        }
        if (_reading)
        {
            _pipe.AdvanceTo(_unread.Start, _unread.End);
            _reading = false;
        }
        var result = await _pipe.ReadAsync(cancellationToken);
        _reading = true;
        Received += result.Buffer.Length - _unread.Length;
        _unread = result.Buffer;
        _ended = result.IsCompleted;
        return true;
    }

    public ValueTask DisposeAsync() => _pipe.CompleteAsync();

    private Line Take(ReadOnlySequence<byte> bytes, bool isTerminated)
    {
        var isCut = _sample is not null || bytes.Length > longest;
        var kept = isCut ? _sample ?? SampleOf(bytes) : bytes.ToArray();
        _sample = null;
        _searched = 0;
        return new Line(kept, isCut, isTerminated);
    }

    /// <summary>Keeps the search from starting over, and the buffer from growing with a line that is too long.</summary>
    private void Remember()
    {
        if (_sample is not null || _unread.Length > longest)
        {
            _sample ??= SampleOf(_unread);
            _unread = _unread.Slice(_unread.End);
        }
        _searched = _unread.Length;
    }

    private static byte[] SampleOf(ReadOnlySequence<byte> bytes) => bytes.Slice(0, Math.Min(Sample, bytes.Length)).ToArray();
}
