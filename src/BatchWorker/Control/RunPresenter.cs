using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>Shows runs; their status is that of their batches.</summary>
internal sealed class RunPresenter(BatchLedger batches)
{
    public const string Running = "running";

    public async Task<RunAnswer> ShowAsync(RunRecord run)
    {
        var found = (await Task.WhenAll(run.Batches.Select(id => batches.FindAsync(id)))).OfType<OwnedBatch>().ToArray();
        return new RunAnswer(
            run.Id,
            run.Trigger,
            new RunFilterAnswer(run.Filter.JobType, run.Filter.Provider, run.Filter.MaxJobs),
            StatusOf(run, found),
            run.StartedAt,
            run.EndedAt,
            run.Claimed ? run.Jobs : found.Sum(batch => batch.Claimed),
            [.. found.Select(Show)],
            [.. run.Held.Select(held => new HeldAnswer(held.Lane, held.Jobs, held.Reason))],
            run.Error);
    }

    private static string StatusOf(RunRecord run, IReadOnlyList<OwnedBatch> batches)
    {
        if (!run.Claimed || batches.Any(batch => batch.State is BatchState.Preparing or BatchState.Submitting))
        {
            return Running;
        }
        var refused = batches.Count(WasRefused);
        return run.Error is not null || (refused > 0 && refused == batches.Count) ? "failed"
            : refused > 0 || batches.Any(batch => batch.State == BatchState.InDoubt) ? "partial"
            : "submitted";
    }

    /// <summary>It ended without ever having been at the provider.</summary>
    private static bool WasRefused(OwnedBatch batch) => batch.Record is { ProviderBatchId: null, Ending.State: BatchState.Failed };

    private static RunBatchAnswer Show(OwnedBatch batch)
    {
        var lane = batch.Record.Lane;
        return new RunBatchAnswer(batch.Record.Id, lane.Provider.Wire(), lane.JobType, lane.Model, batch.Claimed, batch.State.Wire());
    }
}
