using BatchWorker.Lifecycle;

namespace BatchWorker.Results;

/// <summary>What the results room says.</summary>
internal static partial class Log
{
    [LoggerMessage(400, LogLevel.Information, "{Batch} ended {State}: {Succeeded} succeeded, {Others} did not, {Requeued} of them go back")]
    public static partial void Ended(ILogger logger, string batch, BatchState state, int succeeded, int others, int requeued);

    [LoggerMessage(401, LogLevel.Warning, "{Batch}: {Nameless} lines without a readable id, {Strays} for no open job of it")]
    public static partial void StrayLines(ILogger logger, string? batch, int nameless, int strays);
}
