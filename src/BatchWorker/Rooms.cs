using BatchWorker.Batching;
using BatchWorker.Callbacks;
using BatchWorker.Lifecycle;
using BatchWorker.Polling;
using BatchWorker.Queue;
using BatchWorker.Results;
using BatchWorker.Telemetry;

namespace BatchWorker;

/// <summary>Opens the rooms before the first tick and closes them after the last: what was begun is finished or put down at a safe place.</summary>
internal sealed class Rooms(OwnerLease lease, SpoolWriter spool, Instruments instruments, BatchingWorker batching, PollingWorker polling, ResultsWorker results, CallbackWorker callbacks) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        spool.Clear();
        foreach (var provider in ProviderNames.All)
        {
            instruments.Announce(provider.Wire());
        }
        foreach (var invariant in Invariants.All)
        {
            instruments.AnnounceInvariant(invariant);
        }
        await lease.TakeAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(batching.WhenIdleAsync(), polling.WhenIdleAsync(), results.WhenIdleAsync(), callbacks.WhenIdleAsync()).WaitAsync(cancellationToken);
        await lease.ReleaseAsync();
    }
}
