using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.OpenAi;

/// <summary>
/// Tokens of an answer. Responses count <c>input_tokens</c> and <c>output_tokens</c>, all older endpoints
/// <c>prompt_tokens</c> and <c>completion_tokens</c>; embeddings have no output, moderations no usage at all. Reasoning is part of the output.
/// Newer models count what went into the cache as well (<c>cache_write_tokens</c>, as read by pydantic/genai-prices 0.1.8).
/// </summary>
internal static class OpenAiUsage
{
    public static Usage Of(JsonElement usage) => new(
        Tokens(usage, "input_tokens", "prompt_tokens"),
        Tokens(usage, "output_tokens", "completion_tokens"),
        Detail(usage, "cached_tokens"),
        Detail(usage, "cache_write_tokens"));

    private static uint Tokens(JsonElement usage, string name, string olderName) =>
        Bounded(usage.Count(name) ?? usage.Count(olderName));

    private static uint Detail(JsonElement usage, string name) =>
        Bounded(usage.Object("input_tokens_details")?.Count(name) ?? usage.Object("prompt_tokens_details")?.Count(name));

    private static uint Bounded(long? tokens) => (uint)Math.Min(tokens ?? 0, uint.MaxValue);
}
