using System.Security.Cryptography;
using System.Text;

namespace BatchWorker.Providers.OpenAi;

/// <summary>How OpenAI is reached; the names are those of the official clients.</summary>
internal sealed record OpenAiOptions
{
    /// <summary>Address with version; default <c>https://api.openai.com/v1</c>.</summary>
    public Uri BaseUrl { get; init; } = new("https://api.openai.com/v1");

    /// <summary>Null when the provider is not configured.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Sent as <c>OpenAI-Organization</c>.</summary>
    public string? Organization { get; init; }

    /// <summary>Sent as <c>OpenAI-Project</c>.</summary>
    public string? Project { get; init; }

    /// <summary>16 hex digits that tell accounts apart and give no key away; null without a key.</summary>
    public string? Account => ApiKey is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(BaseUrl.ToString().TrimEnd('/') + "\n" + ApiKey)))[..16];
}
