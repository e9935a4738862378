namespace BatchWorker.Monitoring;

/// <summary>What monitoring says.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 500, Message = "Alert {Type}: {Message}")]
    public static partial void Raised(ILogger logger, LogLevel level, string type, string message);

    [LoggerMessage(501, LogLevel.Information, "Alert {Type} is over: {Message}")]
    public static partial void Over(ILogger logger, string type, string message);

    [LoggerMessage(800, LogLevel.Error, "Invariant {Invariant} is violated: {Subject} {Detail}")]
    public static partial void InvariantViolated(ILogger logger, string invariant, string subject, string detail);
}
