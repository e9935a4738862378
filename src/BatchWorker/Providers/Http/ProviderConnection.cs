using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace BatchWorker.Providers.Http;

/// <summary>Where a provider is and who we are there.</summary>
internal sealed class ProviderConnection
{
    private const int AccountDigits = 16;
    private readonly Dictionary<string, string> _headers = new() { ["User-Agent"] = "BatchWorker" };

    public ProviderConnection(string name, string baseUrl, string? apiKey)
    {
        Name = name;
        ApiKey = string.IsNullOrWhiteSpace(apiKey) ? null : apiKey.Trim();
        BaseUrl = baseUrl.Trim().TrimEnd('/');
        Account = ApiKey is null ? null : Fingerprint($"{BaseUrl}\n{ApiKey}");
    }

    /// <summary>Names the provider's clients.</summary>
    public string Name { get; }

    /// <summary>Without a slash at its end, so that both spellings are one account.</summary>
    public string BaseUrl { get; }

    /// <summary>The key; null when there is none.</summary>
    public string? ApiKey { get; }

    /// <summary>First 16 hex digits of SHA-256(base URL, newline, key); null without a key.</summary>
    public string? Account { get; }

    public ProviderTimeouts Timeouts { get; init; } = new();

    /// <summary>Sends a header with every call; null: not.</summary>
    public ProviderConnection With(string header, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            _headers[header] = value.Trim();
        }
        return this;
    }

    /// <summary>Never throws over an odd value: the exception would quote the key.</summary>
    public void Apply(HttpRequestHeaders headers)
    {
        foreach (var (name, value) in _headers)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>Whether an address has our scheme, host and port.</summary>
    public bool IsOwn(Uri address) =>
        Uri.Compare(address, new Uri(BaseUrl), UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;

    private static string Fingerprint(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..AccountDigits];
}
