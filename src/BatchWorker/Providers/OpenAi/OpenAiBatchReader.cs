using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.OpenAi;

/// <summary>Reads the batch object. Only its id and status are relied upon; everything else may be null, absent or new.</summary>
internal sealed class OpenAiBatchReader(Redaction redaction, ILogger logger)
{
    private readonly ConcurrentDictionary<string, bool> _unknown = new();

    /// <summary>Null when it is no batch.</summary>
    public ProviderBatch? Read(JsonElement batch)
    {
        if (batch.Text("id") is not { } id || batch.Text("status") is not { } status)
        {
            return null;
        }
        var counts = batch.Object("request_counts") ?? default;
        var done = (counts.Count("completed") ?? 0) + (counts.Count("failed") ?? 0);
        var output = batch.Text("output_file_id");
        var phase = PhaseOf(status);
        return new ProviderBatch
        {
            Id = id,
            Phase = phase,
            RawStatus = redaction.Clean(status),
            CreatedAt = batch.Time("created_at"),
            RequestCount = counts.Count("total") ?? 0,
            DoneCount = done,
            HasBegun = IsLate(status) || batch.Time("in_progress_at") is not null || done > 0 || output is not null,
            Errors = [.. (batch.Object("errors")?.Items("data") ?? []).Select(ErrorOf)],
            OutputFileId = output,
            ErrorFileId = batch.Text("error_file_id"),
            InputFileId = batch.Text("input_file_id"),
            Tag = TagOf(batch),
            Reported = phase is ProviderPhase.Validating or ProviderPhase.Running ? null : CountsOf(counts, batch.Object("usage") ?? default),
        };
    }

    /// <summary><c>usage</c> is there for batches created after 2025-09-07 (OpenAI API reference, the batch object); a total of 0 was never validated.</summary>
    private static ReportedCounts CountsOf(JsonElement counts, JsonElement usage) => new()
    {
        Requests = counts.Count("total") is > 0 and var total ? total : null,
        Succeeded = counts.Count("completed"),
        InputTokens = usage.Count("input_tokens"),
        OutputTokens = usage.Count("output_tokens"),
        CachedTokens = usage.Object("input_tokens_details")?.Count("cached_tokens"),
    };

    private ProviderPhase PhaseOf(string status)
    {
        switch (status)
        {
            case "validating": return ProviderPhase.Validating;
            case "in_progress" or "finalizing" or "cancelling": return ProviderPhase.Running;
            case "completed": return ProviderPhase.Completed;
            case "failed": return ProviderPhase.Failed;
            case "expired": return ProviderPhase.Expired;
            case "cancelled": return ProviderPhase.Cancelled;
        }
        if (_unknown.TryAdd(status, true))
        {
            Log.UnknownStatus(logger, redaction.Clean(status));
        }
        return ProviderPhase.Running;
    }

    /// <summary>States that come after validation; a failed or cancelled batch may never have got so far.</summary>
    private static bool IsLate(string status) => status is "in_progress" or "finalizing" or "completed" or "expired";

    private ProviderError ErrorOf(JsonElement error) => new(
        error.Count("line") is > 0 and <= int.MaxValue and var line ? (int)line : null,
        redaction.Clean(error.Text("code") ?? "unknown_error"),
        redaction.Clean(error.Text("message")));

    private static SubmissionTag? TagOf(JsonElement batch) =>
        batch.Object("metadata") is { } metadata
        && metadata.Text(OpenAiTag.Batch) is { } id
        && int.TryParse(metadata.Text(OpenAiTag.Attempt), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            ? new SubmissionTag(id, attempt)
            : null;
}
