namespace BatchWorker.Providers.OpenAi;

/// <summary>What the OpenAI provider says.</summary>
internal static partial class Log
{
    [LoggerMessage(500, LogLevel.Warning, "{ProviderBatch} has the status {Status}, which this version does not know; it is taken as running")]
    public static partial void UnknownStatus(ILogger logger, string providerBatch, string status);
}
