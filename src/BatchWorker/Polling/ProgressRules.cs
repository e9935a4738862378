using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>What a look at the provider's batch changes in ours; pure.</summary>
internal static class ProgressRules
{
    public static BatchRecord Apply(BatchRecord batch, ProviderBatch seen, DateTimeOffset now)
    {
        var begun = batch.HasBegun || seen.HasBegun;
        var state = begun || seen.Phase == ProviderPhase.Running ? BatchState.InProgress : batch.State;
        var moved = state != batch.State || begun != batch.HasBegun || seen.DoneCount != batch.ProgressCount;
        return batch with
        {
            State = state,
            HasBegun = begun,
            ProgressCount = seen.DoneCount,
            ProgressAt = moved ? now : batch.ProgressAt,
            Reported = seen.Reported ?? batch.Reported,
        };
    }
}
