using System.Text.Json;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>What is wrong with the params of a request. It is found when the request runs, and fails that request alone.</summary>
internal static class ParamsCheck
{
    // Not for batches, by the API's documentation and its clients
    private static readonly string[] Forbidden = ["speed", "store", "previous_thread_event_id", "cache_hint", "context_hint", "fallbacks"];

    /// <summary>The first thing; null when they are good.</summary>
    public static string? Refuse(ReadOnlySpan<byte> json, string version)
    {
        var reader = new Utf8JsonReader(json, WireJson.Reading);
        using var document = JsonDocument.ParseValue(ref reader);
        var body = document.RootElement;
        return RefuseModel(body)
            ?? RefuseMaxTokens(body)
            ?? MessagesCheck.Refuse(body, allowsSystem: version == ApiVersion.Strict)
            ?? RefuseForBatches(body)
            ?? (version == ApiVersion.Strict ? StrictCheck.Refuse(body) : null);
    }

    /// <summary>A member that is there and not null.</summary>
    public static bool Has(JsonElement body, string name, out JsonElement value) =>
        body.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private static string? RefuseModel(JsonElement body) => !Has(body, "model", out var model) ? "model: Field required"
        : model.ValueKind != JsonValueKind.String ? "model: Input should be a valid string"
        : null;

    private static string? RefuseMaxTokens(JsonElement body) => !Has(body, "max_tokens", out var tokens) ? "max_tokens: Field required"
        : tokens.ValueKind != JsonValueKind.Number || !tokens.TryGetInt64(out var value) ? "max_tokens: Input should be a valid integer"
        : value < 1 ? "max_tokens: Input should be greater than or equal to 1"
        : null;

    private static string? RefuseForBatches(JsonElement body)
    {
        if (Has(body, "stream", out var stream) && stream.ValueKind != JsonValueKind.False)
        {
            return "stream: Streaming is not supported in message batches";
        }
        if (Has(body, "billing_policy", out var policy) && policy.ValueKind == JsonValueKind.Object && Has(policy, "bill_to", out var payer) && payer.ValueKind == JsonValueKind.String && payer.ValueEquals("user_profile"))
        {
            return "billing_policy.bill_to: 'user_profile' is not supported in message batches";
        }
        return Forbidden.FirstOrDefault(name => Has(body, name, out _)) is { } forbidden ? $"{forbidden}: Not supported in message batches" : null;
    }
}
