namespace BatchWorker.Providers.OpenAi;

/// <summary>What the OpenAI client says.</summary>
internal static partial class Log
{
    [LoggerMessage(400, LogLevel.Warning, "OpenAI reports the batch status {Status}, which this version does not know; such batches count as running")]
    public static partial void UnknownStatus(ILogger logger, string status);
}
