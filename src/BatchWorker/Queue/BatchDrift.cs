using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>By how much the books of an ended batch differ from what its provider says of it: ours less theirs; null where the provider says nothing.</summary>
internal sealed record BatchDrift(long? Requests, long? Succeeded, long? InputTokens, long? OutputTokens, long? CachedTokens)
{
    /// <summary>Requests or answers differ.</summary>
    public bool IsOfCounts => Differs(Requests) || Differs(Succeeded);

    /// <summary>Tokens differ.</summary>
    public bool IsOfTokens => Differs(InputTokens) || Differs(OutputTokens) || Differs(CachedTokens);

    /// <summary>Null when nothing differs, or there is nothing to compare: the batch has not ended or its provider says nothing. Answers that came from a late duplicate are not the batch's.</summary>
    public static BatchDrift? Of(BatchRecord batch, int claimed, BatchTotals totals)
    {
        if (!batch.State.HasEnded() || batch.Reported is not { } reported)
        {
            return null;
        }
        var late = (batch.Late ?? []).Select(duplicate => duplicate.Used).OfType<ReportedCounts>().ToArray();
        var drift = new BatchDrift(
            (batch.Spool?.RequestCount ?? claimed) - reported.Requests,
            Own(totals.Succeeded, counts => counts.Succeeded) - reported.Succeeded,
            Own(totals.InputTokens, counts => counts.InputTokens) - reported.InputTokens,
            Own(totals.OutputTokens, counts => counts.OutputTokens) - reported.OutputTokens,
            Own(totals.CachedTokens, counts => counts.CachedTokens) - reported.CachedTokens);
        return drift.IsOfCounts || drift.IsOfTokens ? drift : null;

        long Own(long sum, Func<ReportedCounts, long?> part) => sum - late.Sum(counts => part(counts) ?? 0);
    }

    /// <inheritdoc cref="Of(BatchRecord, int, BatchTotals)"/>
    public static BatchDrift? Of(OwnedBatch batch) => Of(batch.Record, batch.Claimed, batch.Totals);

    private static bool Differs(long? difference) => difference is not (null or 0);
}
