using System.Text.Json;
using System.Text.Unicode;
using BatchWorker.Lifecycle;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Gemini;

/// <summary>
/// One line of a result file: our key beside a response or a status object (google-gemini/cookbook, Batch_mode.ipynb).
/// An answer inside an operation has the key in its metadata. Read in one pass; the body is a slice of the line and never decoded.
/// </summary>
internal sealed class GeminiLine
{
    /// <summary>Answers may nest deeper than the 64 levels that the reader takes by default.</summary>
    private const int Deepest = 1_000;

    private Usage? _usage;
    private Usage _embedding;

    private GeminiLine()
    {
    }

    /// <summary>False for a line that is cut, no JSON, no object or no UTF-8; then only the key may be known.</summary>
    public bool IsWhole { get; private set; }

    public string? Key { get; private set; }

    /// <summary>The response, as it came; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Whether <see cref="Body"/> is an object, as all answers are.</summary>
    public bool HasAnswer { get; private set; }

    public Usage Usage => _usage ?? _embedding;

    /// <summary>Why there is no answer.</summary>
    public JsonElement? Error { get; private set; }

    public static GeminiLine Parse(Line line)
    {
        var parsed = new GeminiLine();
        try
        {
            var reader = new Utf8JsonReader(line.Bytes.Span, new JsonReaderOptions { MaxDepth = Deepest });
            parsed.IsWhole = parsed.ReadTop(ref reader, line.Bytes) && !reader.Read() && !line.IsCut && Utf8.IsValid(line.Bytes.Span);
        }
        catch (Exception garbled) when (garbled is JsonException or InvalidOperationException)
        {
            parsed.IsWhole = false; // InvalidOperationException: a string that is no UTF-8, or a lone surrogate
        }
        return parsed;
    }

    private bool ReadTop(ref Utf8JsonReader reader, ReadOnlyMemory<byte> line)
    {
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
        {
            return false;
        }
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("key"u8))
            {
                Key = reader.Read() && reader.TokenType is JsonTokenType.String ? reader.GetString() : Key;
            }
            else if (reader.ValueTextEquals("metadata"u8))
            {
                reader.Read();
                Key ??= JsonElement.ParseValue(ref reader).Text("key");
            }
            else if (reader.ValueTextEquals("response"u8))
            {
                reader.Read();
                ReadResponse(ref reader, line);
            }
            else if (reader.ValueTextEquals("error"u8) || reader.ValueTextEquals("status"u8))
            {
                reader.Read();
                Error = JsonElement.ParseValue(ref reader) is { ValueKind: not JsonValueKind.Null } error ? error : Error;
            }
            reader.Skip();
        }
        return true;
    }

    private void ReadResponse(ref Utf8JsonReader reader, ReadOnlyMemory<byte> line)
    {
        var start = (int)reader.TokenStartIndex;
        HasAnswer = reader.TokenType is JsonTokenType.StartObject;
        if (!HasAnswer)
        {
            reader.Skip();
        }
        while (HasAnswer && reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("usageMetadata"u8))
            {
                reader.Read();
                _usage = JsonElement.ParseValue(ref reader) is { ValueKind: JsonValueKind.Object } usage ? GeminiUsage.Of(usage) : null;
            }
            else if (reader.ValueTextEquals("tokenCount"u8))
            {
                reader.Read();
                _embedding = GeminiUsage.OfEmbedding(JsonElement.ParseValue(ref reader));
            }
            reader.Skip();
        }
        Body = line[start..(int)reader.BytesConsumed];
    }
}
