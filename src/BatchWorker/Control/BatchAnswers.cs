using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>A batch.</summary>
internal sealed record BatchAnswer(
    string BatchId,
    string Provider,
    string? ProviderBatchId,
    string JobType,
    string Model,
    string Endpoint,
    string Status,
    int JobCount,
    CountsAnswer Counts,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SubmittedAt,
    DateTimeOffset? CompletedAt,
    DateTimeOffset? CancelRequestedAt,
    double AgeHours,
    BatchErrorAnswer? Error,
    ReportedAnswer? Reported,
    DriftAnswer? Drift,
    DateTimeOffset? ExpiresAt)
{
    /// <param name="batch">The batch.</param>
    /// <param name="now">The time.</param>
    /// <param name="window">How long its provider may take; <c>expires_at</c> is null before it is submitted and after it has ended.</param>
    public static BatchAnswer Of(OwnedBatch batch, DateTimeOffset now, TimeSpan window)
    {
        var record = batch.Record;
        var lane = record.Lane;
        return new BatchAnswer(
            record.Id, lane.Provider.Wire(), record.ProviderBatchId, lane.JobType, lane.Model, lane.Endpoint, record.State.Wire(), batch.Claimed,
            CountsAnswer.Of(batch), record.CreatedAt, record.SubmittedAt, record.CompletedAt, batch.CancelRequestedAt,
            Math.Round((now - (record.SubmittedAt ?? record.CreatedAt)).TotalHours, 4),
            record.Error is { } error ? new BatchErrorAnswer(error.Code, error.Message) : null,
            record.Reported is { } reported ? ReportedAnswer.Of(reported) : null,
            BatchDrift.Of(batch) is { } drift ? DriftAnswer.Of(drift) : null,
            record.State.HasEnded() ? null : record.SubmittedAt + window);
    }
}

/// <summary>Outcomes of a batch.</summary>
internal sealed record CountsAnswer(int Succeeded, int Failed, int Expired, int Cancelled, int Missing, int Pending)
{
    public static CountsAnswer Of(OwnedBatch batch)
    {
        var totals = batch.Totals;
        return new CountsAnswer(totals.Succeeded, totals.Failed, totals.Expired, totals.Cancelled, totals.Missing, batch.Claimed - totals.Settled);
    }
}

/// <summary>What the provider says of the batch as a whole, once it has ended there; null where it says nothing.</summary>
internal sealed record ReportedAnswer(long? Requests, long? Succeeded, long? InputTokens, long? OutputTokens, long? CachedTokens)
{
    public static ReportedAnswer Of(ReportedCounts counts) => new(counts.Requests, counts.Succeeded, counts.InputTokens, counts.OutputTokens, counts.CachedTokens);
}

/// <summary>Where the books of an ended batch differ from that: ours less the provider's, null where it says nothing.</summary>
internal sealed record DriftAnswer(long? Requests, long? Succeeded, long? InputTokens, long? OutputTokens, long? CachedTokens)
{
    public static DriftAnswer Of(BatchDrift drift) => new(drift.Requests, drift.Succeeded, drift.InputTokens, drift.OutputTokens, drift.CachedTokens);
}

/// <summary>Why a batch failed or waits.</summary>
internal sealed record BatchErrorAnswer(string Code, string Message);

/// <summary>What one batch did for one job.</summary>
internal sealed record ResultAnswer(string JobId, string Status, bool Requeued, RawJson? Response, ErrorAnswer? Error, UsageAnswer? Usage, CostAnswer? Cost);

/// <summary>Results of a batch in its order.</summary>
internal sealed record ResultPageAnswer(string BatchId, string Status, IReadOnlyList<ResultAnswer> Results, string? NextCursor);
