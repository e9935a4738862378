using System.Text.RegularExpressions;

namespace BatchWorker.Settings;

/// <summary>
/// Settings of the contract whose parts this version does not have yet. They are checked, so that a deployment that is written once
/// finds its mistakes now.
/// </summary>
internal static partial class LaterSettings
{
    public static void Check(SettingsReader settings)
    {
        settings.Flag("BATCH_WEBHOOK_ALLOW_PRIVATE");
        if (settings.Secret("BATCH_WEBHOOK_SECRET") is { } secret && !WebhookSecret().IsMatch(secret))
        {
            throw StartRefusal.Of("BATCH_WEBHOOK_SECRET", "whsec_ and a base64 value are expected.");
        }
    }

    [GeneratedRegex(@"^whsec_[A-Za-z0-9+/=_-]{16,}$", RegexOptions.CultureInvariant)]
    private static partial Regex WebhookSecret();
}
