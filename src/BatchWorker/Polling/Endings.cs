using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Polling;

/// <summary>How a batch ends, and why where it failed.</summary>
internal sealed record Decision(BatchEnding Ending, BatchError? Error);

/// <summary>Decides how a batch ends that has ended at its provider.</summary>
internal sealed class Endings(BatchLedger batches, ProviderHealth health, Switches switches)
{
    /// <summary>Null while it runs.</summary>
    public async Task<Decision?> DecideAsync(OwnedBatch batch, ProviderBatch seen) => seen.Phase switch
    {
        ProviderPhase.Completed or ProviderPhase.Cancelled when batch.IsStoppedAsStuck => StuckBatches.Ending(batch, "It was stopped beyond its provider's window, before all requests were answered."),
        ProviderPhase.Completed => new Decision(new BatchEnding(BatchState.Completed, Leftover.Missing), null),
        ProviderPhase.Expired => new Decision(new BatchEnding(BatchState.Expired, Leftover.Expired), new BatchError("batch_expired", "The provider's window closed before all requests were answered.")),
        ProviderPhase.Cancelled => new Decision(new BatchEnding(BatchState.Cancelled, Leftover.Cancelled), null),
        ProviderPhase.Failed => await DecideFailedAsync(batch, seen),
        _ => null,
    };

    private async Task<Decision> DecideFailedAsync(OwnedBatch batch, ProviderBatch seen)
    {
        await Failpoints.HitAsync(Failpoint.F12);
        var error = FailureRules.ErrorOf(seen);
        var leftover = FailureRules.Leftover(seen, batch.Record.JobCount);
        if (leftover == Leftover.Suspected)
        {
            await ShrinkAsync(batch);
        }
        else if (leftover == Leftover.NoRoom)
        {
            return await DecideNoRoomAsync(batch, error);
        }
        return new Decision(new BatchEnding(BatchState.Failed, leftover), error);
    }

    /// <summary>One that found no room although nothing else of its lane was there would never find any: it is made smaller.</summary>
    private async Task<Decision> DecideNoRoomAsync(OwnedBatch batch, BatchError error)
    {
        if (FailureRules.IsQuotaSpent(error))
        {
            await health.HoldAsync(batch.Record.Lane.Provider, FailureRules.QuotaHold);
        }
        else if (batch.Record.JobCount > 1 && await batches.IsAloneAsync(batch))
        {
            await ShrinkAsync(batch);
            return new Decision(new BatchEnding(BatchState.Failed, Leftover.NoRoomSuspected), error);
        }
        return new Decision(new BatchEnding(BatchState.Failed, Leftover.NoRoom), error);
    }

    private Task ShrinkAsync(OwnedBatch batch) => switches.SetSuspectLimitAsync(batch.Record.LaneNumber, Math.Max(1, batch.Record.JobCount / 2));
}
