using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>Opens batches for a drain.</summary>
internal sealed class LaneOpener(JobClaims claims, BatchLedger batches, BatchesInHand inHand, LaneLimits limits)
{
    /// <summary>While a drain fills the batch nobody else in this process may look after it: it is in hand before anybody can see it.</summary>
    /// <param name="run">The drain.</param>
    /// <param name="first">Its first job.</param>
    /// <param name="gate">The budgets; null where there are none.</param>
    public async Task<LaneFill> OpenAsync(RunRecord run, JobRecord first, BudgetGate? gate = null)
    {
        var number = await batches.NextNumberAsync();
        if (!inHand.TryTake(number))
        {
            throw new InvalidOperationException($"The new batch number {number} is in hand already.");
        }
        try
        {
            var batch = await batches.OpenAsync(number, first.Lane, run.Id);
            return new LaneFill(claims, batch, await limits.BeginAsync(batch.Record.Lane, first), gate);
        }
        catch
        {
            inHand.Release(number); // it may be there all the same: then it is sealed empty by whoever looks for it
            throw;
        }
    }

    public void Release(LaneFill fill) => inHand.Release(fill.Number);
}
