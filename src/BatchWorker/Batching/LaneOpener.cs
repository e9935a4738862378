using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>Opens batches for a drain, with the limits that their provider has for the lane.</summary>
internal sealed class LaneOpener(JobClaims claims, BatchLedger batches, BatchesInHand inHand, ProviderSet providers, Switches switches)
{
    /// <summary>While a drain fills the batch nobody else in this process may look after it: it is in hand before anybody can see it.</summary>
    public async Task<LaneFill> OpenAsync(RunRecord run, JobRecord first)
    {
        var number = await batches.NextNumberAsync();
        if (!inHand.TryTake(number))
        {
            throw new InvalidOperationException($"The new batch number {number} is in hand already.");
        }
        try
        {
            return await OpenAsync(number, run, first);
        }
        catch
        {
            inHand.Release(number); // it may be there all the same: then it is sealed empty by whoever looks for it
            throw;
        }
    }

    public void Release(LaneFill fill) => inHand.Release(fill.Number);

    private async Task<LaneFill> OpenAsync(long number, RunRecord run, JobRecord first)
    {
        var batch = await batches.OpenAsync(number, first.Lane, run.Id);
        var lane = batch.Record.Lane;
        if (!providers.TryGet(lane.Provider, out var provider))
        {
            throw new InvalidOperationException($"{lane.Provider.Wire()} is drained without a key.");
        }
        var limits = provider.LimitsOf(lane.Endpoint);
        if (first.Has(JobFlags.Suspect))
        {
            limits = limits with { MaxRequests = Math.Min(limits.MaxRequests, await switches.SuspectLimitAsync(first.Lane)) };
        }
        return new LaneFill(claims, batch, limits, provider.OverheadOf(lane));
    }
}
