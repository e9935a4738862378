using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>What a batch that failed as a whole means for its jobs; pure.</summary>
internal static class FailureRules
{
    /// <summary>How long nothing is sent to an account that has spent its quota.</summary>
    public static readonly TimeSpan QuotaHold = TimeSpan.FromMinutes(10);

    public static BatchError ErrorOf(ProviderBatch seen) =>
        seen.Errors is [var first, ..] ? new BatchError(first.Code, first.Message) : new BatchError("failed", "The provider gave no reason.");

    public static bool IsQuotaSpent(BatchError error) => FailureCodes.SaysQuotaSpent(error.Code);

    /// <summary>
    /// Named lines fail and release the others; no line named means that any of them may be the reason, and smaller batches find it.
    /// That holds for a breakdown of the provider too, which one request may have caused; but a single one is not to blame for it.
    /// </summary>
    public static Leftover Leftover(ProviderBatch seen, int jobs)
    {
        if (Any(seen, FailureCodes.SaysNoRoom) || Any(seen, FailureCodes.SaysQuotaSpent))
        {
            return Queue.Leftover.NoRoom;
        }
        if (seen.Errors.Any(error => error.Line is not null))
        {
            return Queue.Leftover.Released;
        }
        if (jobs > 1 && !Any(seen, FailureCodes.ConcernsWholeBatch))
        {
            return Queue.Leftover.Suspected;
        }
        return Any(seen, FailureCodes.SaysBrokeDown) ? Queue.Leftover.BrokeDown : Queue.Leftover.Refused;
    }

    private static bool Any(ProviderBatch seen, Func<string, bool> says) => seen.Errors.Any(error => says(error.Code));
}
