namespace BatchWorker.Callbacks;

/// <summary>What callbacks say. No address is among it: one may hold secrets.</summary>
internal static partial class Log
{
    [LoggerMessage(900, LogLevel.Debug, "Callback {Id} was delivered at attempt {Attempt}")]
    public static partial void Delivered(ILogger logger, string id, int attempt);

    [LoggerMessage(901, LogLevel.Information, "Callback {Id}: attempt {Attempt} failed ({Reason}, status {Status}); the next one is at {Next:u}")]
    public static partial void AttemptFailed(ILogger logger, string id, int attempt, string reason, int status, DateTimeOffset next);

    [LoggerMessage(902, LogLevel.Warning, "Callback {Id} is given up after {Attempts} attempts ({Reason}, status {Status}); POST /batch/callbacks/redeliver sends it again")]
    public static partial void GivenUp(ILogger logger, string id, int attempts, string reason, int status);

    [LoggerMessage(903, LogLevel.Debug, "Callback number {Number} was put down for the shutdown")]
    public static partial void Interrupted(ILogger logger, long number);

    [LoggerMessage(904, LogLevel.Warning, "Callback number {Number} waits, since the store is away or full: {Reason}")]
    public static partial void StoreInTheWay(ILogger logger, long number, string reason);

    [LoggerMessage(905, LogLevel.Error, "Callback number {Number} failed inside and will be tried again")]
    public static partial void DeliveryFailed(ILogger logger, long number, Exception failure);
}
