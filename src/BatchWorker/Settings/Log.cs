using BatchWorker.Telemetry;

namespace BatchWorker.Settings;

/// <summary>What the start says.</summary>
internal static partial class Log
{
    [LoggerMessage(700, LogLevel.Warning, "Redis {Version} is older than 7.0, with which this is tested")]
    public static partial void OldStore(ILogger logger, Version version);

    [LoggerMessage(701, LogLevel.Warning, "The clock of Redis is {Seconds} s away from ours")]
    public static partial void ClockSkew(ILogger logger, double seconds);

    [LoggerMessage(702, LogLevel.Warning, "Redis keeps no append-only file: what was accepted since its last snapshot is lost when it stops")]
    public static partial void NoAppendOnlyFile(ILogger logger);

    [LoggerMessage(703, LogLevel.Warning, "Redis does not tell its eviction policy; it must be noeviction")]
    public static partial void PolicyUnknown(ILogger logger);

    [LoggerMessage(705, LogLevel.Warning, "Embedded store at {Directory}: one process only. For several, or for more safety, set REDIS_URL")]
    public static partial void EmbeddedStore(ILogger logger, string directory);

    [LoggerMessage(706, LogLevel.Critical, "The embedded store stands still or can not write to its disk; this process ends, the next one goes on from the store's log")]
    public static partial void StoreFailed(ILogger logger);

    [LoggerMessage(707, LogLevel.Warning, "Redis does not answer yet; the daemon waits for it")]
    public static partial void WaitsForStore(ILogger logger);

    [LoggerMessage(704, LogLevel.Information, "Listening on {Address}; drains at {Schedule}")]
    public static partial void Started(ILogger logger, string address, string schedule);

    [LoggerMessage(708, LogLevel.Warning, "This process will be held at failpoint {Point}: it is for tests")]
    public static partial void FailpointArmed(ILogger logger, HeldAt point);
}
