using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>The batch object, every member of it (OpenAI API reference).</summary>
internal static class BatchWire
{
    public static object Of(OpenAiBatch batch, OpenAiAccount account, DateTimeOffset now) => new
    {
        id = batch.Id,
        @object = "batch",
        endpoint = batch.Request.Endpoint,
        model = batch.Model,
        errors = Errors(batch),
        input_file_id = batch.Request.InputFileId,
        completion_window = "24h",
        status = WireJson.Word(batch.Status),
        output_file_id = account.Shown(batch.OutputFileId),
        error_file_id = account.Shown(batch.ErrorFileId),
        created_at = batch.CreatedAt.ToUnixTimeSeconds(),
        in_progress_at = Seconds(batch, BatchStatus.InProgress),
        expires_at = batch.ExpiresAt.ToUnixTimeSeconds(),
        finalizing_at = Seconds(batch, BatchStatus.Finalizing),
        completed_at = Seconds(batch, BatchStatus.Completed),
        failed_at = Seconds(batch, BatchStatus.Failed),
        expired_at = Seconds(batch, BatchStatus.Expired),
        cancelling_at = Seconds(batch, BatchStatus.Cancelling),
        cancelled_at = Seconds(batch, BatchStatus.Cancelled),
        request_counts = Counts(batch, now),
        usage = Usage(batch.Totals, Misreported(batch)),
        metadata = batch.Request.Metadata,
    };

    private static long? Seconds(OpenAiBatch batch, BatchStatus status) => batch.At(status)?.ToUnixTimeSeconds();

    private static object? Errors(OpenAiBatch batch) => batch.Errors.Count == 0 ? null : new { @object = "list", data = batch.Errors };

    // Nothing is counted before the input is validated (tobert/kaibo#93)
    private static object Counts(OpenAiBatch batch, DateTimeOffset now)
    {
        if (batch.Totals is { } totals)
        {
            var off = Misreported(batch).Succeeded;
            return new { total = batch.Entry.Items + off, completed = totals.Succeeded + off, failed = totals.Failed + totals.Expired };
        }
        var done = batch.DoneBy(now);
        var failed = batch.Input?.FailuresAmong(done, fate => ResultLine.IsFailure(fate, batch.Request.Endpoint)) ?? 0;
        return new { total = batch.Entry.Items, completed = done - failed, failed };
    }

    private static Misreport Misreported(OpenAiBatch batch) => batch.Fate?.Misreport ?? Misreport.None;

    private static object? Usage(RunTotals? totals, Misreport off) => totals is null || off.WithoutUsage ? null : new
    {
        input_tokens = totals.InputTokens + off.InputTokens,
        input_tokens_details = new { cached_tokens = totals.CachedTokens + off.CachedTokens },
        output_tokens = totals.OutputTokens + off.OutputTokens,
        output_tokens_details = new { reasoning_tokens = 0 },
        total_tokens = totals.InputTokens + off.InputTokens + totals.OutputTokens + off.OutputTokens,
    };
}
