using System.Text.Json;
using System.Text.Unicode;
using BatchWorker.Lifecycle;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Anthropic;

/// <summary>
/// One line of the results: <c>{"custom_id","result":{"type","message"|"error"}}</c> (@anthropic-ai/sdk 1.12.0, <c>MessageBatchIndividualResponse</c>).
/// Read in one pass; the message is a slice of the line and never decoded.
/// </summary>
internal sealed class AnthropicLine
{
    /// <summary>Answers may nest deeper than the 64 levels that the reader takes by default.</summary>
    private const int Deepest = 1_000;

    private AnthropicLine()
    {
    }

    /// <summary>False for a line that is cut, no JSON, no object or no UTF-8; then only the id may be known.</summary>
    public bool IsWhole { get; private set; }

    public string? CustomId { get; private set; }

    /// <summary>succeeded, errored, canceled, expired, or a word that this version does not know.</summary>
    public string? Type { get; private set; }

    /// <summary>The answer, as it came; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Message { get; private set; }

    public Usage Usage { get; private set; }

    /// <summary>A whole error response: the error proper is one level deeper.</summary>
    public JsonElement? Error { get; private set; }

    public static AnthropicLine Parse(Line line)
    {
        var parsed = new AnthropicLine();
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
            if (reader.ValueTextEquals("custom_id"u8))
            {
                CustomId = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("result"u8))
            {
                reader.Read();
                ReadResult(ref reader, line);
            }
            reader.Skip();
        }
        return true;
    }

    private void ReadResult(ref Utf8JsonReader reader, ReadOnlyMemory<byte> line)
    {
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            return;
        }
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                Type = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                ReadMessage(ref reader, line);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                Error = JsonElement.ParseValue(ref reader) is { ValueKind: JsonValueKind.Object } error ? error : null;
            }
            reader.Skip();
        }
    }

    private void ReadMessage(ref Utf8JsonReader reader, ReadOnlyMemory<byte> line)
    {
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            return;
        }
        var start = (int)reader.TokenStartIndex;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                Usage = AnthropicUsage.Of(JsonElement.ParseValue(ref reader));
            }
            reader.Skip();
        }
        Message = line[start..(int)reader.BytesConsumed];
    }

    private static string? ReadText(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType is JsonTokenType.String ? reader.GetString() : null;
}
