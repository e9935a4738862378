using System.Text.Json;
using BatchWorker.Lifecycle;

namespace BatchWorker.Providers.Gemini;

/// <summary>
/// Tokens of an answer (UsageMetadata of v1beta). The prompt's count includes cached tokens; thoughts are billed as output beside the
/// candidates, and what tools put into the prompt as input. Any count may be missing.
/// </summary>
internal static class GeminiUsage
{
    public static Usage Of(JsonElement usage) => new(
        Sum(usage, "promptTokenCount", "toolUsePromptTokenCount"),
        Sum(usage, "candidatesTokenCount", "thoughtsTokenCount"),
        Sum(usage, "cachedContentTokenCount"));

    /// <summary>An embedding has only the count of its input.</summary>
    public static Usage OfEmbedding(JsonElement tokenCount) => new(Bounded(GeminiFields.WholeOf(tokenCount)), 0, 0);

    private static uint Sum(JsonElement usage, params string[] names) => Bounded(names.Sum(name => (long)Bounded(usage.Whole(name))));

    private static uint Bounded(long? tokens) => (uint)Math.Min(tokens ?? 0, uint.MaxValue);
}
