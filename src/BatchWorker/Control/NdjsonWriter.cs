using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace BatchWorker.Control;

/// <summary>Writes items, each on its line.</summary>
internal sealed class NdjsonWriter(PipeWriter output, CancellationToken cancellationToken) : IAsyncDisposable
{
    private const int FlushAt = 64 << 10;
    private static ReadOnlySpan<byte> LineFeed => "\n"u8;

    private readonly Utf8JsonWriter _json = new(output, new JsonWriterOptions { Encoder = ControlJson.Relaxed.Options.Encoder, SkipValidation = true });
    private long _pending;

    /// <summary>Something is on its way, sent or not: the answer can not become another one any more.</summary>
    public bool HasWritten { get; private set; }

    public async ValueTask WriteAsync<T>(T item, JsonTypeInfo<T> type)
    {
        HasWritten = true;
        JsonSerializer.Serialize(_json, item, type);
        await _json.FlushAsync(cancellationToken);
        _pending += _json.BytesCommitted;
        _json.Reset();
        output.Write(LineFeed);
        if (_pending >= FlushAt)
        {
            await FlushAsync();
        }
    }

    public async Task FlushAsync()
    {
        _pending = 0;
        await output.FlushAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _json.DisposeAsync();
}
