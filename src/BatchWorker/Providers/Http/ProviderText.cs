using System.Text.RegularExpressions;

namespace BatchWorker.Providers.Http;

/// <summary>Makes a provider's words fit for logs and answers: short, on one line, and without anything that looks like a key.</summary>
internal static partial class ProviderText
{
    private const int Longest = 1000;
    private const string Redacted = "[redacted]";

    public static string Clean(string text)
    {
        var safe = Secret().Replace(Control().Replace(text, " "), Redacted);
        return safe.Length > Longest ? safe[..Longest] : safe;
    }

    /// <summary>Keys as the three providers write them, whole or half hidden, and bearer tokens.</summary>
    [GeneratedRegex(@"sk-[\w*.\-]{6,}|AIza[\w\-]{6,}|Bearer\s+\S+", RegexOptions.CultureInvariant)]
    private static partial Regex Secret();

    [GeneratedRegex(@"[\p{Cc}]+", RegexOptions.CultureInvariant)]
    private static partial Regex Control();
}
