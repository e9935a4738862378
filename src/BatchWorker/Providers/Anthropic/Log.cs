namespace BatchWorker.Providers.Anthropic;

/// <summary>What the Anthropic client says.</summary>
internal static partial class Log
{
    [LoggerMessage(410, LogLevel.Warning, "Anthropic reports the batch status {Status}, which this version does not know; such batches count as running")]
    public static partial void UnknownStatus(ILogger logger, string status);
}
