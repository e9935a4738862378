using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.Gemini;

/// <summary>Answers in the shape of <c>GenerateContentResponse</c> and <c>EmbedContentResponse</c> (captures of google-gemini/cookbook, Batch_mode.ipynb).</summary>
internal static class GeminiBodies
{
    private const string Text = "TEXT";

    public static object Embedding(Answer answer) => new
    {
        tokenCount = GeminiJson.Count(answer.Prompt.Tokens),
        embedding = new { values = EmbeddingVector.Of(answer, 0) },
    };

    /// <param name="answer">What the model says.</param>
    /// <param name="model">Without <c>models/</c>.</param>
    /// <param name="usage">Its tokens.</param>
    /// <param name="isGarbage">The answer makes no sense.</param>
    public static object Generated(Answer answer, string model, GeminiUsage usage, bool isGarbage) => new
    {
        responseId = answer.Echo.ToString(),
        usageMetadata = Usage(answer, usage),
        candidates = new[]
        {
            new
            {
                content = new { role = "model", parts = new[] { new { text = isGarbage ? $"{{\"{answer.Echo}" : answer.Text } } },
                finishReason = "STOP",
                index = 0,
            },
        },
        modelVersion = model,
    };

    /// <summary>A prompt that the filter keeps from the model is answered, too: without candidates.</summary>
    public static object Blocked(Answer answer, string model, GeminiUsage usage) => new
    {
        responseId = answer.Echo.ToString(),
        usageMetadata = Usage(answer, usage),
        promptFeedback = new { blockReason = "PROHIBITED_CONTENT" },
        modelVersion = model,
    };

    private static object Usage(Answer answer, GeminiUsage usage) => new
    {
        promptTokenCount = GeminiJson.Number(usage.Prompt),
        cachedContentTokenCount = GeminiJson.Number(usage.Cached),
        candidatesTokenCount = GeminiJson.Number(usage.Candidates),
        thoughtsTokenCount = GeminiJson.Number(usage.Thoughts),
        totalTokenCount = GeminiJson.Number(usage.Prompt + usage.Candidates + usage.Thoughts),
        promptTokensDetails = Details((GeminiPrompt)answer.Prompt),
    };

    private static object[]? Details(GeminiPrompt prompt)
    {
        var text = Prompt.TokensOf(prompt.Chars);
        var media = prompt.Media.CountBy(media => media.Modality).Select(count => (count.Key, count.Value * GeminiMedia.Tokens));
        object[] details = [.. media.Prepend((Text, text)).Where(count => count.Item2 > 0).Select(count => new { modality = count.Item1, tokenCount = count.Item2 })];
        return details.Length == 0 ? null : details;
    }
}

/// <summary>Tokens of one answer. Thoughts are paid like words.</summary>
internal readonly record struct GeminiUsage(int Prompt, int Cached, int Candidates, int Thoughts)
{
    public ItemBill Bill => new(Prompt, Cached, Candidates + Thoughts);

    public static GeminiUsage Of(Answer answer, GeminiSettings settings)
    {
        var prompt = answer.Prompt.Tokens;
        return new GeminiUsage(prompt, (int)(prompt * settings.CachedFraction), answer.Tokens, (int)(answer.Tokens * settings.ThoughtsFraction));
    }

    /// <summary>Only the prompt was read.</summary>
    public static GeminiUsage OfPrompt(Answer answer) => new(answer.Prompt.Tokens, 0, 0, 0);
}
