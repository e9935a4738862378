using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace BatchWorker.Lifecycle;

/// <summary>Which addresses may be called back.</summary>
/// <param name="AllowPrivate"><c>BATCH_WEBHOOK_ALLOW_PRIVATE</c>: those of this machine and of private networks too.</param>
/// <param name="Hosts"><c>BATCH_WEBHOOK_HOSTS</c>: only these, <c>*.</c> before a name meaning every name below it; empty for all.</param>
internal sealed record CallbackRules(bool AllowPrivate, IReadOnlyList<string> Hosts)
{
    private const int Longest = 2_048;
    private const string Below = "*.";

    /// <summary>Reads an address. What a name leads to is looked at when it is called, and not here.</summary>
    /// <param name="text">As the caller wrote it.</param>
    /// <param name="url">The same address in its usual form.</param>
    /// <param name="refusal">Why it is refused.</param>
    public bool TryRead(string text, [NotNullWhen(true)] out Uri? url, [NotNullWhen(false)] out string? refusal)
    {
        url = null;
        refusal = !Uri.TryCreate(text, UriKind.Absolute, out var written) || written.Scheme is not ("https" or "http") || written.IdnHost.Length == 0 || text.Any(char.IsControl)
                || !Uri.TryCreate(new UriBuilder(written) { Host = written.IdnHost }.ToString(), UriKind.Absolute, out url)
                ? "An https or http address is expected."
            : Refuse(url, hasFragment: text.Contains('#', StringComparison.Ordinal));
        url = refusal is null ? url : null;
        return url is not null;
    }

    private string? Refuse(Uri url, bool hasFragment) =>
        url.AbsoluteUri.Length > Longest ? $"An address has at most {Longest} characters."
            : url.UserInfo.Length > 0 ? "An address has no user and no password: callbacks are signed."
            : hasFragment ? "An address has no fragment."
            : WhyNot(url);

    /// <summary>Why a host may not be called, as far as its name says; null when it may.</summary>
    private string? WhyNot(Uri url)
    {
        var host = url.IdnHost.TrimEnd('.').ToLowerInvariant();
        return Hosts.Count > 0 && !Hosts.Any(known => known.StartsWith(Below, StringComparison.Ordinal) ? host.EndsWith(known[1..], StringComparison.Ordinal) : host == known)
                ? "This host is not among those that may be called (BATCH_WEBHOOK_HOSTS)."
            : !AllowPrivate && IsPrivate(host) ? "Addresses of this machine and of private networks are not called (BATCH_WEBHOOK_ALLOW_PRIVATE)."
            : null;
    }

    /// <summary>An address is read as <see cref="Uri"/> has read it, which knows the decimal, octal, hexadecimal and short forms.</summary>
    private static bool IsPrivate(string host) =>
        host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && !PublicAddresses.IsPublic(address));
}
