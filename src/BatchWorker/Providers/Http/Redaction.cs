using System.Text.RegularExpressions;

namespace BatchWorker.Providers.Http;

/// <summary>Makes a provider's text fit for logs and records: no key, at most 1,000 characters.</summary>
/// <param name="secret">The configured key, which is blotted out whatever it looks like; null when there is none.</param>
internal sealed partial class Redaction(string? secret)
{
    /// <summary>Most characters of a text that are kept.</summary>
    public const int Longest = 1_000;

    private const string Blot = "[redacted]";

    /// <summary>The text to show; empty for null.</summary>
    public string Clean(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }
        var known = string.IsNullOrEmpty(secret) ? text : text.Replace(secret, Blot, StringComparison.Ordinal);
        var clean = Keys().Replace(known, Blot);
        return clean.Length <= Longest ? clean : Cut(clean);
    }

    private static string Cut(string text) => text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)];

    /// <summary>Keys of the three vendors, whole or starred out in the middle, bearer tokens, and Google's key in an address.</summary>
    [GeneratedRegex(@"\b(?:sk|rk|pk|sess)-[\w*.\-]{6,}|\bAIza[\w\-]{8,}|(?<=\bBearer\s+)[^\s""',]+|(?<=[?&]key=)[^\s""'&#]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Keys();
}
