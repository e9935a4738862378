using System.Text.Json;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>What is wrong with the messages of a request.</summary>
internal static class MessagesCheck
{
    /// <summary>The first thing; null when they are good.</summary>
    public static string? Refuse(JsonElement body)
    {
        if (!ParamsCheck.Has(body, "messages", out var messages))
        {
            return "messages: Field required";
        }
        if (messages.ValueKind != JsonValueKind.Array)
        {
            return "messages: Input should be a valid list";
        }
        return messages.GetArrayLength() == 0
            ? "messages: at least one message is required"
            : messages.EnumerateArray().Select(RefuseMessage).FirstOrDefault(refusal => refusal is not null);
    }

    private static string? RefuseMessage(JsonElement message, int index)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return $"messages.{index}: Input should be a valid dictionary or object to extract fields from";
        }
        if (!ParamsCheck.Has(message, "role", out var role))
        {
            return $"messages.{index}.role: Field required";
        }
        if (role.ValueKind == JsonValueKind.String && role.ValueEquals("system"))
        {
            return "messages: Unexpected role \"system\". The Messages API accepts a top-level `system` parameter, not \"system\" as an input message role.";
        }
        if (role.ValueKind != JsonValueKind.String || !(role.ValueEquals("user") || role.ValueEquals("assistant")))
        {
            return $"messages.{index}.role: Input should be 'user' or 'assistant'";
        }
        if (!ParamsCheck.Has(message, "content", out var content))
        {
            return $"messages.{index}.content: Field required";
        }
        return content.ValueKind is JsonValueKind.String or JsonValueKind.Array ? null : $"messages.{index}.content: Input should be a valid string or a valid list";
    }
}
