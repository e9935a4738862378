using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Anthropic;

/// <summary>Tokens of an answer. Anthropic counts prompt tokens that went into or came out of its cache apart; ours counts all of them as input.</summary>
internal static class AnthropicUsage
{
    public static Usage Of(JsonElement usage)
    {
        var read = usage.Count("cache_read_input_tokens") ?? 0;
        var written = usage.Count("cache_creation_input_tokens") ?? 0;
        return new Usage(
            Bounded((decimal)(usage.Count("input_tokens") ?? 0) + written + read),
            Bounded(usage.Count("output_tokens") ?? 0),
            Bounded(read),
            Bounded(written),
            Bounded(usage.Object("cache_creation")?.Count("ephemeral_1h_input_tokens") ?? 0));
    }

    private static uint Bounded(decimal tokens) => (uint)Math.Min(tokens, uint.MaxValue);
}
