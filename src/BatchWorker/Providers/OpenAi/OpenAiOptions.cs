using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.OpenAi;

/// <summary>How OpenAI is reached.</summary>
internal sealed record OpenAiOptions
{
    /// <summary><c>OPENAI_BASE_URL</c>, with the version; default <c>https://api.openai.com/v1</c>.</summary>
    public string BaseUrl { get; init; } = "https://api.openai.com/v1";

    /// <summary><c>OPENAI_API_KEY</c>; null: not configured.</summary>
    public string? ApiKey { get; init; }

    /// <summary><c>OPENAI_ORG_ID</c>, sent as <c>OpenAI-Organization</c>; null: not sent.</summary>
    public string? Organization { get; init; }

    /// <summary><c>OPENAI_PROJECT_ID</c>, sent as <c>OpenAI-Project</c>; null: not sent.</summary>
    public string? Project { get; init; }

    public ProviderTimeouts Timeouts { get; init; } = new();

    /// <summary>
    /// Most bytes of one result line; default 128 MB, above what 2,048 embeddings of 3,072 numbers take.
    /// A longer one counts as garbled.
    /// </summary>
    public int LongestLine { get; init; } = 128 << 20;

    /// <summary>Without the key.</summary>
    public override string ToString() => $"{nameof(OpenAiOptions)} {{ {BaseUrl} }}";
}
