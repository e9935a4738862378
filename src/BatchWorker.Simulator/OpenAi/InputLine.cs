using System.Text.Json;
using System.Text.Unicode;
using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>A line of an input file. Members that are absent, or of another type than documented, are null.</summary>
internal readonly record struct InputLine(string? CustomId, string? Method, string? Url, Range Body, Prompt? Prompt)
{
    // A batch has nobody to stream to (OpenAI batch guide)
    private const string StreamRefused = "Unsupported parameter: 'stream' is not supported in batches.";

    /// <summary>The line has a <c>body</c> and it is an object.</summary>
    public bool HasBody => Prompt is not null;

    /// <summary>Null when the line is no JSON object in valid UTF-8.</summary>
    public static InputLine? Parse(ReadOnlySpan<byte> line)
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

    /// <summary>A line that was found good before.</summary>
    public static BatchItem ReadItem(ReadOnlySpan<byte> line) => Parse(line) is { CustomId: { } id, Prompt: { } prompt } parsed
        ? new BatchItem(id, parsed.Body, prompt, prompt.Stream ? StreamRefused : null)
        : throw new InvalidDataException("A validated input file has changed.");

    /// <summary>What a body asks.</summary>
    public static Prompt ReadPrompt(ReadOnlySpan<byte> body) => PromptReader.Read(body, IsPrompt);

    private static bool IsPrompt(string member) => member is "messages" or "input" or "prompt" or "instructions";

    private static InputLine? Read(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, WireJson.Reading);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }
        var parsed = default(InputLine);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            var isObject = reader.TokenType == JsonTokenType.StartObject;
            reader.Skip();
            parsed = name switch
            {
                "custom_id" => parsed with { CustomId = text },
                "method" => parsed with { Method = text },
                "url" => parsed with { Url = text },
                "body" when isObject => parsed with { Body = start..(int)reader.BytesConsumed },
                _ => parsed,
            };
        }
        if (reader.Read())
        {
            return null;
        }
        return parsed.Body.Equals(default) ? parsed : parsed with { Prompt = ReadPrompt(line[parsed.Body]) };
    }
}
