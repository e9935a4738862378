using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>Keeps the records of runs true while their batches go their way.</summary>
internal sealed class RunBook(RunLedger ledger, BatchLedger batches, TimeProvider time)
{
    /// <summary>Open runs that are looked at in one go; the others follow when these have ended.</summary>
    public const int MostOpen = 200;

    public RunLedger Ledger => ledger;

    /// <summary>Jobs that the batches of a run hold already.</summary>
    public async Task<int> ClaimedAsync(RunRecord run) => (await BatchesOfAsync(run)).Sum(batch => batch.Claimed);

    /// <summary>The drain is over; a run that found nothing has ended with it.</summary>
    public async Task<RunRecord> ClaimedAllAsync(RunRecord run, int jobs)
    {
        var claimed = run with { Claimed = true, Jobs = jobs, EndedAt = run.Batches.Count == 0 ? time.GetUtcNow() : null };
        return await ledger.SaveAsync(claimed) ? claimed : throw new RunTakenOverException(run.Id);
    }

    /// <summary>Ends the runs whose batches are all submitted, or will not be.</summary>
    public async Task CloseAsync()
    {
        foreach (var run in (await ledger.OpenAsync(MostOpen)).Where(run => run.Claimed))
        {
            var states = (await BatchesOfAsync(run)).Select(batch => batch.State);
            if (!states.Any(state => state is BatchState.Preparing or BatchState.Submitting))
            {
                await ledger.EndAsync(run);
            }
        }
    }

    private async Task<IReadOnlyList<OwnedBatch>> BatchesOfAsync(RunRecord run)
    {
        var found = await Task.WhenAll(run.Batches.Select(id => batches.FindAsync(id)));
        return [.. found.OfType<OwnedBatch>()];
    }
}
