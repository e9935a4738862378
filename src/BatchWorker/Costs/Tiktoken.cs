using Microsoft.ML.Tokenizers;

namespace BatchWorker.Costs;

/// <summary>Counts the tokens of a text as OpenAI's models do. An encoding takes 40 MB and half a second, once it is asked for.</summary>
internal static class Tiktoken
{
    private const string FineTuned = "ft:";

    /// <summary>Longer texts are counted in part; the rest counts like that.</summary>
    private const int MostCharacters = 1 << 20;

    private static readonly Lazy<TiktokenTokenizer> s_o200k = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));
    private static readonly Lazy<TiktokenTokenizer> s_cl100k = new(() => TiktokenTokenizer.CreateForEncoding("cl100k_base"));

    /// <summary>Models before gpt-4o, embeddings included (github.com/openai/tiktoken, <c>model.py</c>); all that came after them have the other encoding.</summary>
    private static readonly string[] s_older = ["gpt-3.5", "gpt-4-", "text-embedding-", "davinci-002", "babbage-002"];

    /// <summary>What the model makes of a text.</summary>
    public static (long Tokens, bool IsExact) Count(string model, string text)
    {
        var encoding = IsOlder(model) ? s_cl100k.Value : s_o200k.Value;
        if (text.Length <= MostCharacters)
        {
            return (encoding.CountTokens(text), true);
        }
        var counted = encoding.CountTokens(text.AsSpan(0, MostCharacters));
        return ((long)Math.Ceiling((decimal)counted * text.Length / MostCharacters), false);
    }

    private static bool IsOlder(string model)
    {
        var name = model.StartsWith(FineTuned, StringComparison.Ordinal) ? model[FineTuned.Length..].Split(':')[0] : model;
        return name == "gpt-4" || s_older.Any(older => name.StartsWith(older, StringComparison.Ordinal));
    }
}
