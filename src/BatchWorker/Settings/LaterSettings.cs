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
        settings.Number("BATCH_ALERT_QUEUE_SIZE", 1, long.MaxValue, 10_000);
        settings.Decimal("BATCH_ALERT_FAILURE_PERCENT", 0, 10);
        settings.Decimal("BATCH_ALERT_STALE_HOURS", 0, 48);
        settings.Decimal("BATCH_ALERT_SAVINGS_STEP", 0, 1_000);
        settings.Flag("BATCH_WEBHOOK_ALLOW_PRIVATE");
        if (settings.Secret("BATCH_WEBHOOK_SECRET") is { } secret && !WebhookSecret().IsMatch(secret))
        {
            throw StartRefusal.Of("BATCH_WEBHOOK_SECRET", "whsec_ and a base64 value are expected.");
        }
    }

    [GeneratedRegex(@"^whsec_[A-Za-z0-9+/=_-]{16,}$", RegexOptions.CultureInvariant)]
    private static partial Regex WebhookSecret();
}
