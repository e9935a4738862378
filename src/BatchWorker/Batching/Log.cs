namespace BatchWorker.Batching;

/// <summary>What batching says.</summary>
internal static partial class Log
{
    [LoggerMessage(200, LogLevel.Information, "{Run}: {Jobs} jobs drained into {Batches} batches ({Trigger})")]
    public static partial void Drained(ILogger logger, string run, int jobs, int batches, string trigger);

    [LoggerMessage(201, LogLevel.Information, "{Batch} submitted as {ProviderBatch} with {Requests} requests")]
    public static partial void Submitted(ILogger logger, string batch, string providerBatch, int requests);

    [LoggerMessage(202, LogLevel.Warning, "{Batch} is in doubt: {Reason}")]
    public static partial void InDoubt(ILogger logger, string batch, string reason);

    [LoggerMessage(203, LogLevel.Warning, "{Batch}: an earlier process ended during the create call")]
    public static partial void CreateInterrupted(ILogger logger, string batch);

    [LoggerMessage(204, LogLevel.Error, "{Run}: the drain failed and will be tried again")]
    public static partial void DrainFailed(ILogger logger, string run, Exception failure);

    [LoggerMessage(213, LogLevel.Error, "{Batch}: the disk does not take its input: {Reason}")]
    public static partial void NotSpooled(ILogger logger, string batch, string reason);

    [LoggerMessage(216, LogLevel.Warning, "{Run}: the drain waits, since the store is away or full: {Reason}")]
    public static partial void DrainWaits(ILogger logger, string run, string reason);

    [LoggerMessage(205, LogLevel.Warning, "{Batch}: {Kind} from the provider ({Code})")]
    public static partial void Refused(ILogger logger, string batch, Providers.FailureKind kind, string code);

    [LoggerMessage(209, LogLevel.Error, "{Batch}: the create call was not sent ({Code}): {Reason}")]
    public static partial void NotSent(ILogger logger, string batch, string code, string reason);

    [LoggerMessage(207, LogLevel.Information, "{Run}: a drain that was interrupted goes on here")]
    public static partial void TakenOver(ILogger logger, string run);

    [LoggerMessage(208, LogLevel.Warning, "{Reason}")]
    public static partial void LostToAnother(ILogger logger, string reason);

    [LoggerMessage(210, LogLevel.Warning, "Whether a drain was interrupted is asked again later: the store does not answer ({Reason})")]
    public static partial void NotTakenOver(ILogger logger, string reason);

    [LoggerMessage(211, LogLevel.Error, "The disk does not take the journal: {Reason}")]
    public static partial void JournalNotWritten(ILogger logger, string reason);

    [LoggerMessage(215, LogLevel.Information, "{Run}: {Jobs} jobs wait for a budget")]
    public static partial void HeldForBudget(ILogger logger, string run, long jobs);

    [LoggerMessage(206, LogLevel.Information, "The store's log of {Bytes} bytes is replaced by a checkpoint")]
    public static partial void Compacting(ILogger logger, long bytes);
}
