using System.Text.Json;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>What API version 2026-10-21 refuses and older ones take, as far as it is documented.</summary>
internal static class StrictCheck
{
    private static readonly string[] Removed = ["temperature", "top_p", "top_k"];

    /// <summary>The first thing; null when nothing is refused. The messages are known to be good.</summary>
    public static string? Refuse(JsonElement body)
    {
        if (Removed.FirstOrDefault(name => ParamsCheck.Has(body, name, out _)) is { } removed)
        {
            return $"{removed}: Extra inputs are not permitted";
        }
        return body.GetProperty("messages").EnumerateArray().Select(RefuseBlocks).FirstOrDefault(refusal => refusal is not null);
    }

    private static string? RefuseBlocks(JsonElement message, int index)
    {
        var content = message.GetProperty("content");
        if (content.ValueKind != JsonValueKind.Array)
        {
            return null;
        }
        var isAssistant = message.GetProperty("role").ValueEquals("assistant");
        return content.EnumerateArray()
            .Select((block, at) => block.ValueKind == JsonValueKind.Object && RefuseBlock(block, isAssistant) is { } refusal ? $"messages.{index}.content.{at}{refusal}" : null)
            .FirstOrDefault(refusal => refusal is not null);
    }

    private static string? RefuseBlock(JsonElement block, bool isAssistant) => isAssistant switch
    {
        true when IsOf(block, "document") => ": Documents are not permitted in assistant messages",
        false when IsOf(block, "text") && ParamsCheck.Has(block, "citations", out var citations) && citations.ValueKind == JsonValueKind.Array && citations.GetArrayLength() > 0 =>
            ".citations: Extra inputs are not permitted",
        _ => null,
    };

    private static bool IsOf(JsonElement block, string type) =>
        ParamsCheck.Has(block, "type", out var value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(type);
}
