using System.Text.Json;
using BatchWorker.Lifecycle;

namespace BatchWorker.Costs;

/// <summary>What a request says of the tokens of its answer.</summary>
internal static class StatedOutput
{
    /// <summary>The most tokens of all answers that it asks for; null when it does not say.</summary>
    public static long? Of(Provider provider, JsonElement data) => provider switch
    {
        Provider.OpenAi => Times(Number(data, "max_completion_tokens") ?? Number(data, "max_output_tokens") ?? Number(data, "max_tokens"), Number(data, "n")),
        Provider.Anthropic => Number(data, "max_tokens"),
        _ => Find(data, "generationConfig", "generation_config") is { } config
            ? Times(Number(config, "maxOutputTokens") ?? Number(config, "max_output_tokens"), Number(config, "candidateCount") ?? Number(config, "candidate_count"))
            : null,
    };

    /// <summary>Whether requests to an endpoint are answered with tokens: embeddings and moderations are not.</summary>
    public static bool IsExpected(string endpoint) => !endpoint.Contains("embed", StringComparison.OrdinalIgnoreCase) && !endpoint.EndsWith("/moderations", StringComparison.Ordinal);

    /// <summary>Both are what a caller wrote: no more than the largest count there is.</summary>
    private static long? Times(long? tokens, long? answers) => tokens is { } each ? (long)Math.Min((decimal)each * Math.Max(1, answers ?? 1), uint.MaxValue) : null;

    private static long? Number(JsonElement data, string name) =>
        Find(data, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetUInt32(out var number) ? number : null;

    private static JsonElement? Find(JsonElement data, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var value))
            {
                return value;
            }
        }
        return null;
    }
}
