using System.Text.Json;
using System.Text.Unicode;
using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Gemini;

/// <summary>A request of a batch: a line <c>{"key","request"}</c> of a file, or <c>{"request","metadata":{"key"}}</c> inside the create call.</summary>
internal readonly record struct GeminiLine(string? Key, Range Request, Range Metadata, GeminiPrompt? Prompt)
{
    /// <summary>The line is white space only.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t\r"u8) < 0;

    /// <summary>Null when it is no JSON object in valid UTF-8 with a <c>request</c> that is one.</summary>
    public static GeminiLine? Parse(ReadOnlySpan<byte> line)
    {
        if (!Utf8.IsValid(line))
        {
            return null;
        }
        try
        {
            return Read(line);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the second: a string that is no Unicode text
        {
            return null;
        }
    }

    /// <param name="line">A line that was found good before.</param>
    /// <param name="refuse">What is wrong with a request when it runs; null for nothing.</param>
    public static BatchItem ReadItem(ReadOnlySpan<byte> line, Func<GeminiPrompt, string?> refuse)
    {
        if (Parse(line) is not { Prompt: { } prompt } parsed)
        {
            throw new InvalidDataException("A validated input file has changed.");
        }
        var tag = new GeminiTag(parsed.Key, parsed.Metadata.Equals(default) ? null : line[parsed.Metadata].ToArray());
        return new BatchItem(parsed.Id(line), parsed.Request, prompt with { Tag = tag }, refuse(prompt));
    }

    /// <summary>What rules and the ledger call the request: its key, or who it is when it has none.</summary>
    public string Id(ReadOnlySpan<byte> line) => Key ?? $"keyless-{Fingerprint.Of(line[Request])}";

    private static GeminiLine? Read(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, WireJson.Reading);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }
        var parsed = default(GeminiLine);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            var isObject = reader.TokenType == JsonTokenType.StartObject;
            reader.Skip();
            var value = start..(int)reader.BytesConsumed;
            parsed = name switch
            {
                "key" => parsed with { Key = text },
                "request" when isObject => parsed with { Request = value },
                "metadata" when isObject => parsed with { Metadata = value, Key = parsed.Key ?? KeyIn(line[value]) },
                _ => parsed,
            };
        }
        return reader.Read() || parsed.Request.Equals(default) ? null : parsed with { Prompt = GeminiRequest.Read(line[parsed.Request]) };
    }

    private static string? KeyIn(ReadOnlySpan<byte> metadata)
    {
        var reader = new Utf8JsonReader(metadata, WireJson.Reading);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKey = reader.ValueTextEquals("key"u8);
            reader.Read();
            if (isKey)
            {
                return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            }
            reader.Skip();
        }
        return null;
    }
}
