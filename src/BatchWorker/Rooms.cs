using BatchWorker.Batching;
using BatchWorker.Polling;
using BatchWorker.Queue;
using BatchWorker.Results;

namespace BatchWorker;

/// <summary>Opens the rooms before the first tick and closes them after the last: what was begun is finished or put down at a safe place.</summary>
internal sealed class Rooms(OwnerLease lease, SpoolWriter spool, BatchingWorker batching, PollingWorker polling, ResultsWorker results) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        spool.Clear();
        await lease.TakeAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(batching.WhenIdleAsync(), polling.WhenIdleAsync(), results.WhenIdleAsync()).WaitAsync(cancellationToken);
        await lease.ReleaseAsync();
    }
}
