using System.Globalization;
using System.Text.Json;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.OpenAi;

/// <summary>Reads a batch object. Only the id and the status are relied on; everything else may be absent, null or empty.</summary>
internal static class BatchJson
{
    public static ProviderBatch? Read(JsonElement batch, ILogger logger)
    {
        if (batch.TextOf("id") is not { } id || batch.TextOf("status") is not { } status)
        {
            return null;
        }
        var counts = batch.TryGetProperty("request_counts", out var found) ? found : default;
        return new ProviderBatch
        {
            Id = id,
            Phase = PhaseOf(id, status, logger),
            RawStatus = status,
            CreatedAt = batch.NumberOf("created_at") is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
            RequestCount = counts.NumberOf("total") ?? 0,
            DoneCount = (counts.NumberOf("completed") ?? 0) + (counts.NumberOf("failed") ?? 0),
            HasBegun = batch.NumberOf("in_progress_at") is not null || status is "in_progress" or "finalizing" or "completed",
            Errors = batch.TryGetProperty("errors", out var errors) ? [.. errors.ListOf("data").Select(ErrorOf)] : [],
            OutputFileId = batch.TextOf("output_file_id"),
            ErrorFileId = batch.TextOf("error_file_id"),
            InputFileId = batch.TextOf("input_file_id"),
            Tag = TagOf(batch),
        };
    }

    private static ProviderPhase PhaseOf(string id, string status, ILogger logger)
    {
        switch (status)
        {
            case "validating":
                return ProviderPhase.Validating;
            case "in_progress" or "finalizing" or "cancelling":
                return ProviderPhase.Running;
            case "completed":
                return ProviderPhase.Completed;
            case "failed":
                return ProviderPhase.Failed;
            case "expired":
                return ProviderPhase.Expired;
            case "cancelled":
                return ProviderPhase.Cancelled;
            default:
                Log.UnknownStatus(logger, id, ProviderText.Clean(status));
                return ProviderPhase.Running;
        }
    }

    private static ProviderError ErrorOf(JsonElement error) =>
        new((int?)error.NumberOf("line"), error.TextOf("code") ?? "unknown", ProviderText.Clean(error.TextOf("message") ?? ""));

    private static SubmissionTag? TagOf(JsonElement batch) =>
        batch.TryGetProperty("metadata", out var metadata)
        && metadata.TextOf(OpenAiBatches.BatchTag) is { } id
        && int.TryParse(metadata.TextOf(OpenAiBatches.AttemptTag), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            ? new SubmissionTag(id, attempt)
            : null;
}

/// <summary>One page of a listing of batches.</summary>
internal sealed record BatchPage(IReadOnlyList<ProviderBatch> Batches, bool HasMore)
{
    public static BatchPage? Read(JsonElement answer, ILogger logger) =>
        answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("data", out _) ? null : new BatchPage(
            [.. answer.ListOf("data").Select(batch => BatchJson.Read(batch, logger)).OfType<ProviderBatch>()],
            answer.TryGetProperty("has_more", out var more) && more.ValueKind == JsonValueKind.True);
}
