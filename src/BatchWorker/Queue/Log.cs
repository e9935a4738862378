
namespace BatchWorker.Queue;

/// <summary>What the ledger says.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Debug, "Batch number {Number} was put down for the shutdown")]
    public static partial void Interrupted(ILogger logger, long number);

    [LoggerMessage(101, LogLevel.Error, "Batch number {Number}: {Work} failed and will be tried again")]
    public static partial void HandlingFailed(ILogger logger, long number, BatchWork work, Exception failure);

    [LoggerMessage(102, LogLevel.Warning, "Batch number {Number} could not be put off: {Reason}")]
    public static partial void NotPostponed(ILogger logger, long number, string reason);

    [LoggerMessage(108, LogLevel.Warning, "Batch number {Number}: {Work} waits, since the store is away or full: {Reason}")]
    public static partial void StoreInTheWay(ILogger logger, long number, BatchWork work, string reason);

    [LoggerMessage(103, LogLevel.Critical, "Another process acts under the name of this replica; this one stops")]
    public static partial void NameTaken(ILogger logger);

    [LoggerMessage(104, LogLevel.Warning, "An acceptance was cut off: {Jobs} jobs of the numbers {From} to {To} got their place in the queue")]
    public static partial void AcceptanceFinished(ILogger logger, int jobs, long from, long to);

    [LoggerMessage(106, LogLevel.Critical, "The store has lost data: {Key} has no canary any more. Nothing is claimed or written from now on; the daemon stops")]
    public static partial void StoreLost(ILogger logger, string key);

    [LoggerMessage(107, LogLevel.Error, "The disk does not take the note of how far the store is: {Reason}")]
    public static partial void NoteNotWritten(ILogger logger, string reason);

    [LoggerMessage(109, LogLevel.Warning, "Less than a tenth of the maxmemory of the Redis is free: jobs are refused with 507; those that were accepted go on")]
    public static partial void MemoryLow(ILogger logger);

    [LoggerMessage(110, LogLevel.Information, "The Redis has memory for more jobs again")]
    public static partial void MemoryBack(ILogger logger);

    [LoggerMessage(105, LogLevel.Warning, "{Tick} was missed: the store is away or full ({Reason})")]
    public static partial void TickMissed(ILogger logger, string tick, string reason);
}
