using BatchWorker.EmbeddedStore;
using Microsoft.Extensions.Logging;

namespace BatchWorker.Tests.EmbeddedStore;

internal sealed class WatchedLoggersTests
{
    [TestCase("TsavoriteKV [main]", LogLevel.Error, 1)]
    [TestCase("TsavoriteKV [main]", LogLevel.Critical, 1)]
    [TestCase("TsavoriteKV [main]", LogLevel.Warning, 0)]
    [TestCase("RespServerSession", LogLevel.Error, 0)]
    public void Errors_of_the_storage_engine_and_no_others_are_failures(string category, LogLevel level, int failures)
    {
        var failed = 0;
        using var inner = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.None));
        using var loggers = new WatchedLoggers(inner, () => failed++);
        loggers.CreateLogger(category).Log(level, default, "AsyncFlushPageCallback error", null, (text, _) => text);
        Assert.That(failed, Is.EqualTo(failures));
    }
}
