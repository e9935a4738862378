using BatchWorker.Callbacks;
using BatchWorker.Lifecycle;

namespace BatchWorker.Settings;

/// <summary>Reads the settings of callbacks.</summary>
internal static class CallbackSettings
{
    private const string Secret = "BATCH_WEBHOOK_SECRET";
    private const string Hosts = "BATCH_WEBHOOK_HOSTS";
    private const string BatchUrl = "BATCH_WEBHOOK_BATCH_URL";

    public static CallbackOptions Read(SettingsReader settings)
    {
        var rules = new CallbackRules(settings.Flag("BATCH_WEBHOOK_ALLOW_PRIVATE"), ReadHosts(settings));
        var secrets = ReadSecrets(settings);
        return new CallbackOptions { Secrets = secrets, Rules = rules, BatchUrl = ReadBatchUrl(settings, rules, secrets), Chance = new Random().NextDouble };
    }

    private static WebhookSecrets? ReadSecrets(SettingsReader settings) =>
        settings.Secret(Secret) is not { } text ? null
        : WebhookSecrets.TryParse(text, out var secrets) ? secrets
        : throw StartRefusal.Of(Secret, "whsec_ and the base64 of 16 to 64 bytes is expected; several with blanks between them while one is replaced, the newest first.");

    private static string[] ReadHosts(SettingsReader settings)
    {
        var hosts = (settings.Text(Hosts) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return hosts.All(host => Uri.CheckHostName(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host) != UriHostNameType.Unknown)
            ? Array.ConvertAll(hosts, host => host.ToLowerInvariant())
            : throw StartRefusal.Of(Hosts, "host names separated by commas are expected, such as hooks.example.com,*.example.org.");
    }

    private static string? ReadBatchUrl(SettingsReader settings, CallbackRules rules, WebhookSecrets? secrets)
    {
        if (settings.Text(BatchUrl) is not { } text)
        {
            return null;
        }
        return !rules.TryRead(text, out var url, out var refusal) ? throw StartRefusal.Of(BatchUrl, refusal)
            : secrets is null ? throw StartRefusal.Of(BatchUrl, $"{Secret} must be set too.")
            : url.AbsoluteUri;
    }
}
