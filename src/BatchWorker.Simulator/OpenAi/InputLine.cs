using System.Text.Json;
using System.Text.Unicode;
using BatchWorker.Simulator.Answers;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>A line of an input file. Members that are absent, or of another type than documented, are null.</summary>
internal readonly record struct InputLine(string? CustomId, string? Method, string? Url, Range Body, Prompt? Prompt)
{
    /// <summary>How lines are read.</summary>
    public static readonly JsonReaderOptions Reading = new() { MaxDepth = 256 };

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

    private static InputLine? Read(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, Reading);
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
        return parsed.Body.Equals(default) ? parsed : parsed with { Prompt = RequestBody.Read(line[parsed.Body]) };
    }
}
