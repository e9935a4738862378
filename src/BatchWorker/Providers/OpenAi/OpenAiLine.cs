using System.Text.Json;
using System.Text.Unicode;
using BatchWorker.Lifecycle;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.OpenAi;

/// <summary>
/// One line of an output or error file, both of the same shape (schema <c>BatchRequestOutput</c>, openai-openapi manual_spec).
/// Read in one pass; the body is a slice of the line and never decoded.
/// </summary>
internal sealed class OpenAiLine
{
    /// <summary>Answers may nest deeper than the 64 levels that the reader takes by default.</summary>
    public const int Deepest = 1_000;

    private OpenAiLine()
    {
    }

    /// <summary>False for a line that is cut, no JSON, no object or no UTF-8; then only the id may be known.</summary>
    public bool IsWhole { get; private set; }

    public string? CustomId { get; private set; }

    /// <summary>0 when there is no response.</summary>
    public int Status { get; private set; }

    /// <summary>The response's body, as it came; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Whether <see cref="Body"/> is an object, as the answers of all endpoints are.</summary>
    public bool HasAnswer { get; private set; }

    public Usage Usage { get; private set; }

    /// <summary>A failure outside HTTP, such as <c>batch_expired</c>.</summary>
    public JsonElement? Error { get; private set; }

    public static OpenAiLine Parse(Line line)
    {
        var parsed = new OpenAiLine();
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
                CustomId = reader.Read() && reader.TokenType is JsonTokenType.String ? reader.GetString() : null;
            }
            else if (reader.ValueTextEquals("response"u8))
            {
                reader.Read();
                ReadResponse(ref reader, line);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                Error = JsonElement.ParseValue(ref reader) is { ValueKind: not JsonValueKind.Null } error ? error : null;
            }
            reader.Skip();
        }
        return true;
    }

    private void ReadResponse(ref Utf8JsonReader reader, ReadOnlyMemory<byte> line)
    {
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            return;
        }
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("status_code"u8))
            {
                Status = reader.Read() && reader.TokenType is JsonTokenType.Number && reader.TryGetInt32(out var status) ? status : 0;
            }
            else if (reader.ValueTextEquals("body"u8))
            {
                reader.Read();
                ReadBody(ref reader, line);
            }
            reader.Skip();
        }
    }

    private void ReadBody(ref Utf8JsonReader reader, ReadOnlyMemory<byte> line)
    {
        var start = (int)reader.TokenStartIndex;
        HasAnswer = reader.TokenType is JsonTokenType.StartObject;
        if (!HasAnswer)
        {
            reader.Skip();
        }
        while (HasAnswer && reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                Usage = OpenAiUsage.Of(JsonElement.ParseValue(ref reader));
            }
            reader.Skip();
        }
        Body = line[start..(int)reader.BytesConsumed];
    }
}
