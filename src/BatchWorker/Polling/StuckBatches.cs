using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>
/// Batches that do not end within their provider's window: an alarm, a cancel, and when even that does not end one, it is given up with what it
/// has answered. One that may be somebody else's, or that cannot be seen, raises the alarm only: it may have been paid for.
/// </summary>
internal sealed class StuckBatches(PollingOptions options, TimeProvider time, ILogger<StuckBatches> logger)
{
    /// <summary>The record with the alarm, if it is due; the cancel is the next step.</summary>
    public BatchRecord Watch(BatchRecord batch, IBatchProvider provider)
    {
        var now = time.GetUtcNow();
        if (batch is not { StuckAt: null, SubmittedAt: { } submitted } || now < submitted + provider.Window + options.StuckAfter)
        {
            return batch;
        }
        Log.Stuck(logger, batch.Id, batch.ProviderBatchId!, submitted);
        return batch with { StuckAt = now, CancelSent = false };
    }

    /// <summary>How a batch ends that the provider does not end; null while it is waited for.</summary>
    public Decision? GiveUp(OwnedBatch batch)
    {
        var record = batch.Record;
        if (record is not { StuckAt: { } since, CancelSent: true, Guess: null } || options.GiveUpAfter == TimeSpan.Zero || time.GetUtcNow() < since + options.GiveUpAfter)
        {
            return null;
        }
        Log.GivenUp(logger, record.Id, record.ProviderBatchId!);
        return Ending(batch, "The provider neither finished it within its window nor stopped it when asked to.");
    }

    /// <summary>Its open jobs are sent again, unless an operator had cancelled the batch.</summary>
    public static Decision Ending(OwnedBatch batch, string reason) => new(
        batch.IsStoppedAsStuck ? new BatchEnding(BatchState.Expired, Leftover.Expired) : new BatchEnding(BatchState.Cancelled, Leftover.Cancelled),
        new BatchError("batch_stuck", reason));
}
