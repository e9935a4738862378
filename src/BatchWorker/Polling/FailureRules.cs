using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>What a batch that failed as a whole means for its jobs; pure. The codes are OpenAI's and, in capitals, Google's; open sets.</summary>
internal static class FailureRules
{
    /// <summary>How long nothing is sent to an account that has spent its quota.</summary>
    public static readonly TimeSpan QuotaHold = TimeSpan.FromMinutes(10);

    private static readonly string[] s_noRoom = ["token_limit_exceeded", "request_limit_exceeded", "rate_limit_exceeded", "RESOURCE_EXHAUSTED"];
    private static readonly string[] s_quota = ["billing_hard_limit_reached", "insufficient_quota"];
    private static readonly string[] s_brokeDown = ["INTERNAL", "UNAVAILABLE", "UNKNOWN", "ABORTED", "DEADLINE_EXCEEDED"];
    private static readonly string[] s_wholeBatch = ["model_not_found", "invalid_model", "invalid_endpoint", "unsupported_model"];

    public static BatchError ErrorOf(ProviderBatch seen) =>
        seen.Errors is [var first, ..] ? new BatchError(first.Code, first.Message) : new BatchError("failed", "The provider gave no reason.");

    public static bool IsQuotaSpent(BatchError error) => s_quota.Contains(error.Code);

    /// <summary>
    /// Named lines fail and release the others; no line named means that any of them may be the reason, and smaller batches find it.
    /// That holds for a breakdown of the provider too, which one request may have caused; but a single one is not to blame for it.
    /// </summary>
    public static Leftover Leftover(ProviderBatch seen, int jobs)
    {
        if (Any(seen, s_noRoom) || Any(seen, s_quota))
        {
            return Queue.Leftover.NoRoom;
        }
        if (seen.Errors.Any(error => error.Line is not null))
        {
            return Queue.Leftover.Released;
        }
        if (jobs > 1 && !Any(seen, s_wholeBatch))
        {
            return Queue.Leftover.Suspected;
        }
        return Any(seen, s_brokeDown) ? Queue.Leftover.BrokeDown : Queue.Leftover.Refused;
    }

    private static bool Any(ProviderBatch seen, string[] codes) => seen.Errors.Any(error => codes.Contains(error.Code));
}
