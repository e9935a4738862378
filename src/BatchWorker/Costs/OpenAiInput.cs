using System.Text.Json;

namespace BatchWorker.Costs;

/// <summary>
/// Counts the input tokens of a request to OpenAI before it is sent: three for each message and three for the answer's beginning
/// (cookbook.openai.com, "How to count tokens with tiktoken"), and its texts. Not counted: images, audio and files, earlier responses and stored
/// prompts that are only named. Tools, tool calls and schemas count as the JSON that they are. Where any of these are, the count is an estimate.
/// </summary>
internal sealed class OpenAiInput(string model)
{
    private const int PerMessage = 3;
    private const int PerName = 1;
    private const int PerReply = 3;
    private static readonly string[] s_described = ["tools", "functions", "response_format", "text", "tool_calls", "function_call"];
    private static readonly string[] s_named = ["previous_response_id", "prompt", "conversation"];
    private static readonly string[] s_texts = ["text", "input_text", "output_text"];

    public long Tokens { get; private set; }

    public bool IsExact { get; private set; } = true;

    public static OpenAiInput Of(string endpoint, string model, JsonElement data)
    {
        var input = new OpenAiInput(model);
        input.Add(endpoint, data);
        return input;
    }

    private void Add(string endpoint, JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object)
        {
            IsExact = false;
        }
        else if (data.TryGetProperty("messages", out var messages))
        {
            AddMessages(data, messages);
        }
        else if (endpoint.EndsWith("/responses", StringComparison.Ordinal))
        {
            AddResponse(data);
        }
        else if (data.TryGetProperty("input", out var input) || data.TryGetProperty("prompt", out input))
        {
            AddTexts(input);
        }
    }

    private void AddMessages(JsonElement data, JsonElement messages)
    {
        Tokens += PerReply;
        AddEach(messages, AddMessage);
        AddDescriptions(data);
    }

    private void AddResponse(JsonElement data)
    {
        Tokens += PerReply;
        IsExact &= !s_named.Any(name => data.TryGetProperty(name, out _));
        if (data.TryGetProperty("instructions", out var instructions) && instructions.ValueKind == JsonValueKind.String)
        {
            AddText("system", instructions);
        }
        if (data.TryGetProperty("input", out var input))
        {
            if (input.ValueKind == JsonValueKind.String)
            {
                AddText("user", input);
            }
            else
            {
                AddEach(input, AddMessage);
            }
        }
        AddDescriptions(data);
    }

    private void AddText(string role, JsonElement text)
    {
        Tokens += PerMessage;
        Add(role);
        Add(text.GetString()!);
    }

    private void AddMessage(JsonElement message)
    {
        Tokens += PerMessage;
        if (message.ValueKind != JsonValueKind.Object)
        {
            IsExact = false;
            return;
        }
        foreach (var member in message.EnumerateObject())
        {
            if (member.NameEquals("content") && member.Value.ValueKind == JsonValueKind.Array)
            {
                AddEach(member.Value, AddPart);
            }
            else if (member.Value.ValueKind == JsonValueKind.String && member.Name is "role" or "content" or "name")
            {
                Tokens += member.Name == "name" ? PerName : 0;
                Add(member.Value.GetString()!);
            }
            else if (member.Value.ValueKind != JsonValueKind.Null && !(member.Name == "type" && member.Value.ValueEquals("message")))
            {
                IsExact = false;
            }
        }
        AddDescriptions(message);
    }

    /// <summary>A part of a content: text, or what has no text.</summary>
    private void AddPart(JsonElement part)
    {
        if (part.ValueKind == JsonValueKind.Object
            && part.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && s_texts.Contains(type.GetString())
            && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
        {
            Add(text.GetString()!);
        }
        else
        {
            IsExact = false;
        }
    }

    /// <summary>One text or many, or tokens that were counted elsewhere.</summary>
    private void AddTexts(JsonElement input)
    {
        switch (input.ValueKind)
        {
            case JsonValueKind.String:
                Add(input.GetString()!);
                break;
            case JsonValueKind.Number:
                Tokens++;
                break;
            case JsonValueKind.Array:
                AddEach(input, AddTexts);
                break;
            default:
                AddPart(input);
                break;
        }
    }

    private void AddDescriptions(JsonElement data)
    {
        foreach (var name in s_described)
        {
            if (data.TryGetProperty(name, out var described) && described.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
            {
                Add(described.GetRawText());
                IsExact = false;
            }
        }
    }

    private void AddEach(JsonElement items, Action<JsonElement> add)
    {
        if (items.ValueKind != JsonValueKind.Array)
        {
            IsExact = false;
            return;
        }
        foreach (var item in items.EnumerateArray())
        {
            add(item);
        }
    }

    private void Add(string text)
    {
        var (tokens, isExact) = Tiktoken.Count(model, text);
        Tokens += tokens;
        IsExact &= isExact;
    }
}
