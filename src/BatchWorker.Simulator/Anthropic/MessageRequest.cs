using System.Text.Json;
using System.Text.Unicode;
using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>One of a batch's requests: <c>{"custom_id","params"}</c>.</summary>
/// <param name="Type">What it is; a good one begins an object.</param>
/// <param name="CustomIdType">What its custom id is; none when it has none.</param>
/// <param name="CustomId">The caller's id, if it is a string.</param>
/// <param name="ParamsType">What its params are; none when it has none.</param>
/// <param name="Params">Where they are.</param>
/// <param name="Unknown">The first member that it should not have; null for none.</param>
internal readonly record struct MessageRequest(JsonTokenType Type, JsonTokenType CustomIdType, string? CustomId, JsonTokenType ParamsType, Range Params, string? Unknown)
{
    /// <exception cref="JsonException">It is no JSON in valid UTF-8.</exception>
    /// <exception cref="InvalidOperationException">A string in it is no Unicode text.</exception>
    public static MessageRequest Parse(ReadOnlySpan<byte> bytes)
    {
        if (!Utf8.IsValid(bytes))
        {
            throw new JsonException("Not UTF-8.");
        }
        var reader = new Utf8JsonReader(bytes, WireJson.Reading);
        reader.Read();
        var parsed = new MessageRequest { Type = reader.TokenType };
        while (parsed.Type == JsonTokenType.StartObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            var type = reader.TokenType;
            var start = (int)reader.TokenStartIndex;
            var text = type == JsonTokenType.String ? reader.GetString() : null;
            reader.Skip();
            parsed = name switch
            {
                "custom_id" => parsed with { CustomIdType = type, CustomId = text },
                "params" => parsed with { ParamsType = type, Params = start..(int)reader.BytesConsumed },
                _ => parsed with { Unknown = parsed.Unknown ?? name },
            };
        }
        return parsed;
    }

    /// <summary>A request whose envelope is good.</summary>
    public static BatchItem ReadItem(ReadOnlySpan<byte> bytes, string version)
    {
        var request = Parse(bytes);
        var body = bytes[request.Params];
        return new BatchItem(request.CustomId!, request.Params, PromptReader.Read(body, IsPrompt), ParamsCheck.Refuse(body, version));
    }

    private static bool IsPrompt(string member) => member is "messages" or "system";
}
