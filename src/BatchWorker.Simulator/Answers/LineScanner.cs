namespace BatchWorker.Simulator.Answers;

/// <summary>Walks the lines of a file of any size; memory is that of the longest line.</summary>
internal sealed class LineScanner(Stream stream)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private int _consumed;

    /// <summary>Where the line begins in the file.</summary>
    public long Offset { get; private set; }

    /// <summary>1-based.</summary>
    public int Number { get; private set; }

    /// <summary>The line without its line feed; valid until the next move.</summary>
    public ReadOnlySpan<byte> Line => _buffer.AsSpan(_start, Length);

    public int Length { get; private set; }

    public bool Next()
    {
        _start += _consumed;
        Offset += _consumed;
        var searched = 0;
        int feed;
        while ((feed = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n')) < 0)
        {
            searched = _end - _start;
            if (!Fill())
            {
                return Take(searched, searched);
            }
        }
        return Take(searched + feed, searched + feed + 1);
    }

    private bool Take(int length, int consumed)
    {
        Length = length;
        _consumed = consumed;
        Number += consumed > 0 ? 1 : 0;
        return consumed > 0;
    }

    private bool Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }
}
