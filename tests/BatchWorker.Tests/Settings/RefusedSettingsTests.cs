using BatchWorker.Settings;
using Microsoft.Extensions.Configuration;

namespace BatchWorker.Tests.Settings;

/// <summary>A value that can not be meant stops the start, and the setting is named.</summary>
internal sealed class RefusedSettingsTests
{
    [TestCase("REDIS_URL", "http://redis:6379")]
    [TestCase("REDIS_URL", "redis://redis:6379/orders")]
    [TestCase("BATCH_NAMESPACE", "a b")]
    [TestCase("BATCH_EMBEDDED_MEMORY", "1g2")]
    [TestCase("BATCH_EMBEDDED_MEMORY", "1k")]
    [TestCase("BATCH_RETRY_MODE", "often")]
    [TestCase("BATCH_RETRY_BACKOFF", "-1")]
    [TestCase("BATCH_CHECK_INTERVAL", "0")]
    [TestCase("BATCH_CHECK_INTERVAL", "1e3")]
    [TestCase("BATCH_RECONCILE_GRACE", "-1")]
    [TestCase("BATCH_LEASE_SECONDS", "0")]
    [TestCase("BATCH_MAX_QUEUED", "99999999999999999999")]
    [TestCase("BATCH_MAX_LANES", "0")]
    [TestCase("BATCH_MAX_ATTEMPTS", "many")]
    [TestCase("BATCH_IDEMPOTENCY_DAYS", "0")]
    [TestCase("BATCH_RESULT_RETENTION_DAYS", "0")]
    [TestCase("BATCH_RESULT_STORE_MAX", "-5")]
    [TestCase("BATCH_STUCK_HOURS", "soon")]
    [TestCase("BATCH_COST_KEYS", "a,b,c,d")]
    [TestCase("BATCH_COST_KEYS", "a,a")]
    [TestCase("BATCH_API_KEYS", "ops:read:short")]
    [TestCase("BATCH_API_KEYS", "ops:root:abcdefghijklmnopqrst")]
    [TestCase("BATCH_ALLOW_ANONYMOUS", "perhaps")]
    [TestCase("BATCH_ALERT_FAILURE_PERCENT", "-1")]
    [TestCase("BATCH_SCHEDULE_TIME", "24:00")]
    [TestCase("BATCH_SCHEDULE_CRON", "every night")]
    [TestCase("BATCH_SCHEDULE_CRON", "0 0 99 * * ?")]
    [TestCase("BATCH_SCHEDULE_CRON", "0 0 2 * * ? 2001")]
    [TestCase("BATCH_SCHEDULE_TIMEZONE", "Mars/Olympus_Mons")]
    [TestCase("BATCH_REQUESTS_KEPT", "maybe")]
    public void It_is_refused_with_78_and_its_name(string name, string value)
    {
        var settings = new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection([new(name, value)]).Build());
        Assert.That(() => DaemonSettings.Read(settings), Throws.TypeOf<StartRefusal>()
            .With.Property("ExitCode").EqualTo(78)
            .And.Message.StartsWith(name + ":"));
    }
}
