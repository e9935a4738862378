using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace BatchWorker.Control;

/// <summary>Streams JSON lines. A stream that ends is complete; on a failure the connection is cut, since the status is sent already.</summary>
internal sealed class NdjsonStream(Func<NdjsonWriter, Task> write) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = Listing.Ndjson;
        await using var writer = new NdjsonWriter(httpContext);
        try
        {
            await write(writer);
            await writer.FlushAsync();
        }
        catch (Exception failure) when (writer.HasWritten)
        {
            if (!httpContext.RequestAborted.IsCancellationRequested)
            {
                Log.StreamCut(httpContext.RequestServices.GetRequiredService<ILogger<NdjsonStream>>(), httpContext.Request.Path, failure);
            }
            httpContext.Abort();
        }
    }
}

/// <summary>Writes items, each on its line.</summary>
internal sealed class NdjsonWriter(HttpContext context) : IAsyncDisposable
{
    private const int FlushAt = 64 << 10;
    private static ReadOnlySpan<byte> LineFeed => "\n"u8;

    private readonly Utf8JsonWriter _json = new(context.Response.BodyWriter, new JsonWriterOptions { Encoder = ControlJson.Relaxed.Options.Encoder, SkipValidation = true });
    private long _pending;

    /// <summary>Something is on its way, sent or not: the answer can not become another one any more.</summary>
    public bool HasWritten { get; private set; }

    public async ValueTask WriteAsync<T>(T item, JsonTypeInfo<T> type)
    {
        HasWritten = true;
        JsonSerializer.Serialize(_json, item, type);
        await _json.FlushAsync(context.RequestAborted);
        _pending += _json.BytesCommitted;
        _json.Reset();
        context.Response.BodyWriter.Write(LineFeed);
        if (_pending >= FlushAt)
        {
            await FlushAsync();
        }
    }

    public async Task FlushAsync()
    {
        _pending = 0;
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    public ValueTask DisposeAsync() => _json.DisposeAsync();
}
