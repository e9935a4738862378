namespace BatchWorker.Control;

/// <summary>What the control endpoint says.</summary>
internal static partial class Log
{
    [LoggerMessage(600, LogLevel.Warning, "The stream of {Path} was cut")]
    public static partial void StreamCut(ILogger logger, string path, Exception failure);

    [LoggerMessage(601, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RequestFailed(ILogger logger, string method, string path, Exception failure);

    [LoggerMessage(602, LogLevel.Warning, "{Method} {Path}: the store does not answer ({Reason})")]
    public static partial void StoreAway(ILogger logger, string method, string path, string reason);
}
