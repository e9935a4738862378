using System.Globalization;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>The message batch object, every member of it (Anthropic API reference).</summary>
internal static class MessageBatchWire
{
    /// <param name="batch">The batch.</param>
    /// <param name="baseUrl">What the URL of results begins with.</param>
    /// <param name="now">The time of the simulated world.</param>
    public static object Of(MessageBatch batch, string baseUrl, DateTimeOffset now) => new
    {
        id = batch.Id,
        type = "message_batch",
        processing_status = WireJson.Word(batch.Status),
        request_counts = batch.Counts,
        ended_at = Time(batch.EndedAt),
        created_at = Time(batch.CreatedAt),
        expires_at = Time(batch.ExpiresAt),
        archived_at = Time(batch.ArchivedAt(now)),
        cancel_initiated_at = Time(batch.CancelInitiatedAt),
        results_url = batch.EndedAt is null ? null : $"{baseUrl}/v1/messages/batches/{batch.Id}/results",
    };

    /// <summary>What the URL of results begins with, in the answer to this call.</summary>
    public static string BaseUrl(HttpRequest request, AnthropicSettings settings) =>
        settings.ResultsBaseUrl ?? $"{request.Scheme}://{request.Host}{AnthropicEndpoints.Prefix}";

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
