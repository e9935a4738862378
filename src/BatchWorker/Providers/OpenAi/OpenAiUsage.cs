using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.OpenAi;

/// <summary>
/// Tokens of an answer. Responses count <c>input_tokens</c> and <c>output_tokens</c>, all older endpoints
/// <c>prompt_tokens</c> and <c>completion_tokens</c>; embeddings have no output, moderations no usage at all.
/// </summary>
internal static class OpenAiUsage
{
    public static Usage Of(JsonElement usage) => new(
        Tokens(usage, "input_tokens", "prompt_tokens"),
        Tokens(usage, "output_tokens", "completion_tokens"),
        Math.Max(Cached(usage, "input_tokens_details"), Cached(usage, "prompt_tokens_details")));

    private static uint Tokens(JsonElement usage, string name, string olderName) =>
        Bounded(usage.Count(name) ?? usage.Count(olderName));

    private static uint Cached(JsonElement usage, string details) =>
        Bounded(usage.Object(details)?.Count("cached_tokens"));

    private static uint Bounded(long? tokens) => (uint)Math.Min(tokens ?? 0, uint.MaxValue);
}
