using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Gemini;

/// <summary>How Gemini is reached.</summary>
internal sealed record GeminiOptions
{
    /// <summary><c>GEMINI_BASE_URL</c>, without the version; default <c>https://generativelanguage.googleapis.com</c>.</summary>
    public string BaseUrl { get; init; } = "https://generativelanguage.googleapis.com";

    /// <summary><c>GEMINI_API_KEY</c>; null: not configured.</summary>
    public string? ApiKey { get; init; }

    public ProviderTimeouts Timeouts { get; init; } = new();

    /// <summary>Most bytes of one result line; default 128 MB, above what an answer full of pictures takes. A longer one counts as garbled.</summary>
    public int LongestLine { get; init; } = 128 << 20;

    /// <summary>Without the key.</summary>
    public override string ToString() => $"{nameof(GeminiOptions)} {{ {BaseUrl} }}";
}
