namespace BatchWorker.Monitoring;

/// <summary>What monitoring says.</summary>
internal static partial class Log
{
    [LoggerMessage(800, LogLevel.Error, "Invariant {Invariant} is violated: {Subject} {Detail}")]
    public static partial void InvariantViolated(ILogger logger, string invariant, string subject, string detail);
}
