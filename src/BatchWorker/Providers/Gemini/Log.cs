namespace BatchWorker.Providers.Gemini;

/// <summary>What the Gemini client says.</summary>
internal static partial class Log
{
    [LoggerMessage(420, LogLevel.Warning, "Gemini reports the batch state {State}, which this version does not know; such batches count as running until the operation is done")]
    public static partial void UnknownState(ILogger logger, string state);
}
