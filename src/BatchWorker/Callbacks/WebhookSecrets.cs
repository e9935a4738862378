using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BatchWorker.Callbacks;

/// <summary>
/// Signs callbacks as the Standard Webhooks specification says (github.com/standard-webhooks/standard-webhooks, spec): HMAC-SHA256 over
/// <c>id.timestamp.body</c>. While a secret is rotated there are several, and each signs.
/// </summary>
internal sealed class WebhookSecrets
{
    private const string Prefix = "whsec_";
    private const int ShortestKey = 16;
    private const int LongestKey = 64;
    private readonly byte[][] _keys;

    private WebhookSecrets(byte[][] keys) => _keys = keys;

    /// <summary>Reads one or more secrets with blanks or commas between them, the newest first; false when one is not <c>whsec_</c> and base64 of 16 to 64 bytes.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out WebhookSecrets? secrets)
    {
        var keys = text.Split([' ', ',', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(KeyOf).ToArray();
        secrets = keys.Length > 0 && keys.All(key => key.Length is >= ShortestKey and <= LongestKey) ? new WebhookSecrets(keys) : null;
        return secrets is not null;
    }

    /// <summary>The header <c>webhook-signature</c>: one signature per secret.</summary>
    public string Sign(string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}."));
        var content = new byte[head.Length + body.Length];
        head.CopyTo(content, 0);
        body.CopyTo(content.AsSpan(head.Length));
        return string.Join(' ', _keys.Select(key => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, content))));
    }

    /// <summary>Never a secret.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_keys.Length} secrets");

    private static byte[] KeyOf(string text)
    {
        var key = new byte[LongestKey + 1];
        return text.StartsWith(Prefix, StringComparison.Ordinal) && Convert.TryFromBase64String(text[Prefix.Length..], key, out var length) ? key[..length] : [];
    }
}
