namespace BatchWorker.Providers.Http;

/// <summary>One line of a download, without its newline.</summary>
/// <param name="Bytes">Its bytes; only the first ones of a line that is too long.</param>
/// <param name="IsCut">True when the line was longer than allowed and the rest was skipped.</param>
/// <param name="IsTerminated">False for the last line of a stream that does not end with a newline.</param>
internal readonly record struct Line(ReadOnlyMemory<byte> Bytes, bool IsCut, bool IsTerminated)
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Without a byte order mark.</summary>
    public Line Unmarked => Bytes.Span.StartsWith(ByteOrderMark) ? this with { Bytes = Bytes[ByteOrderMark.Length..] } : this;

    /// <summary>Whether nothing but white space is on it.</summary>
    public bool IsBlank => Bytes.Span.IndexOfAnyExcept(" \t\r"u8) < 0;
}
