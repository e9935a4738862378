using System.Net;
using System.Net.Http.Headers;

namespace BatchWorker.Providers.Anthropic;

/// <summary>
/// The body of a create call, <c>{"requests":[…]}</c>, made while it is sent: the lines of the spool with a comma for each newline but the last.
/// A newline is only ever the end of a line, since the spooled requests are compact JSON. Memory: one buffer, however large the file.
/// </summary>
internal sealed class AnthropicBody : HttpContent
{
    private const int BufferSize = 128 << 10;
    private readonly FileStream _lines;

    private AnthropicBody(FileStream lines)
    {
        _lines = lines;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    /// <summary>Bytes that are sent besides the lines; the last newline is not sent.</summary>
    public static int EnvelopeBytes => Before.Length + After.Length - 1;

    private static ReadOnlySpan<byte> Before => "{\"requests\":["u8;

    private static ReadOnlySpan<byte> After => "]}"u8;

    /// <summary>Null when the spool is not the file that was written down: then it has to be written again.</summary>
    public static AnthropicBody? Open(SpooledFile file)
    {
        if (new FileInfo(file.Path) is not { Exists: true, Length: > 1 and var length } || length != file.Bytes)
        {
            return null;
        }
        return new AnthropicBody(new FileStream(file.Path, new FileStreamOptions
        {
            Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            BufferSize = 0,
        }));
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Before.ToArray(), cancellationToken);
        var buffer = new byte[BufferSize];
        for (var left = _lines.Length - 1; left > 0;)
        {
            var part = buffer.AsMemory(0, (int)Math.Min(left, buffer.Length));
            await _lines.ReadExactlyAsync(part, cancellationToken);
            part.Span.Replace((byte)'\n', (byte)',');
            await stream.WriteAsync(part, cancellationToken);
            left -= part.Length;
        }
        await stream.WriteAsync(After.ToArray(), cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _lines.Length + EnvelopeBytes;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _lines.Dispose();
        }
        base.Dispose(disposing);
    }
}
