using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>The limits that the provider of a lane has for a batch.</summary>
internal sealed class LaneLimits(ProviderSet providers, Switches switches)
{
    /// <summary>A batch without jobs; suspects go in smaller company.</summary>
    public async Task<Packing> BeginAsync(Lane lane, JobRecord first)
    {
        if (!providers.TryGet(lane.Provider, out var provider))
        {
            throw new InvalidOperationException($"{lane.Provider.Wire()} is drained without a key.");
        }
        var limits = provider.LimitsOf(lane.Endpoint);
        if (first.Has(JobFlags.Suspect))
        {
            limits = limits with { MaxRequests = Math.Min(limits.MaxRequests, await switches.SuspectLimitAsync(first.Lane)) };
        }
        return new Packing(limits, provider.OverheadOf(lane));
    }
}
