using System.Security.Cryptography;
using System.Text;

namespace BatchWorker.Tests.Callbacks;

/// <summary>
/// Verifies as the Standard Webhooks specification asks of a receiver, written from the specification alone
/// (github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
/// </summary>
internal static class StandardWebhook
{
    private static readonly TimeSpan s_tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Null when the message is authentic and of now; else what is wrong with it.</summary>
    public static string? WhyNot(IReadOnlyDictionary<string, string> headers, byte[] body, string secret, DateTimeOffset now)
    {
        if (!headers.TryGetValue("webhook-id", out var id) || !headers.TryGetValue("webhook-timestamp", out var timestamp) || !headers.TryGetValue("webhook-signature", out var signatures))
        {
            return "a header is missing";
        }
        if (id.Contains('.', StringComparison.Ordinal) || !long.TryParse(timestamp, out var seconds))
        {
            return "id or timestamp are malformed";
        }
        if ((now - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > s_tolerance)
        {
            return "the timestamp is not of now";
        }
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        byte[] content = [.. Encoding.UTF8.GetBytes(id + "." + timestamp + "."), .. body];
        var expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, content));
        return signatures.Split(' ').Contains(expected) ? null : "no signature is ours";
    }
}
