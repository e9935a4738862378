using System.Text.Json;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>What is wrong with the messages of a request.</summary>
internal static class MessagesCheck
{
    /// <summary>The first thing; null when they are good.</summary>
    /// <param name="body">The params.</param>
    /// <param name="allowsSystem">A message may be the system's: the newest client, which sends the newest version, has such messages.</param>
    public static string? Refuse(JsonElement body, bool allowsSystem)
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
            : messages.EnumerateArray().Select((message, index) => RefuseMessage(message, index, allowsSystem)).FirstOrDefault(refusal => refusal is not null);
    }

    private static string? RefuseMessage(JsonElement message, int index, bool allowsSystem)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return $"messages.{index}: Input should be a valid dictionary or object to extract fields from";
        }
        if (!ParamsCheck.Has(message, "role", out var role))
        {
            return $"messages.{index}.role: Field required";
        }
        if (RefuseRole(role, index, allowsSystem) is { } refusal)
        {
            return refusal;
        }
        if (!ParamsCheck.Has(message, "content", out var content))
        {
            return $"messages.{index}.content: Field required";
        }
        return content.ValueKind is JsonValueKind.String or JsonValueKind.Array ? null : $"messages.{index}.content: Input should be a valid string or a valid list";
    }

    private static string? RefuseRole(JsonElement role, int index, bool allowsSystem) => role.ValueKind == JsonValueKind.String ? role.GetString() switch
    {
        "user" or "assistant" => null,
        "system" when allowsSystem => null,
        "system" => "messages: Unexpected role \"system\". The Messages API accepts a top-level `system` parameter, not \"system\" as an input message role.",
        _ => $"messages.{index}.role: Input should be 'user' or 'assistant'",
    } : $"messages.{index}.role: Input should be a valid string";
}
