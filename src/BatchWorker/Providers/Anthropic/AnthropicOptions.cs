using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Anthropic;

/// <summary>How Anthropic is reached.</summary>
internal sealed record AnthropicOptions
{
    /// <summary><c>ANTHROPIC_BASE_URL</c>, without a version; default <c>https://api.anthropic.com</c>.</summary>
    public string BaseUrl { get; init; } = "https://api.anthropic.com";

    /// <summary><c>ANTHROPIC_API_KEY</c>; null: not configured.</summary>
    public string? ApiKey { get; init; }

    /// <summary><c>ANTHROPIC_VERSION</c>; default <c>2023-06-01</c>: newer versions refuse fields that callers still send.</summary>
    public string Version { get; init; } = "2023-06-01";

    public ProviderTimeouts Timeouts { get; init; } = new();

    /// <summary>Most bytes of one result line; default 32 MB, far above the longest answer. A longer one counts as garbled.</summary>
    public int LongestLine { get; init; } = 32 << 20;

    /// <summary>Without the key.</summary>
    public override string ToString() => $"{nameof(AnthropicOptions)} {{ {BaseUrl} }}";
}
