using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>
/// When submission may go on after the store went back in time: every replica of the last day has put back the create calls of its journal,
/// their providers have been asked about each, and the grace is over. An operator may let it go on before.
/// </summary>
internal sealed class RollbackEnd(OwnerLease lease, BatchLedger batches, PollingOptions options, TimeProvider time)
{
    /// <summary>So long a replica that is gone is waited for: only it knows what it sent last.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromDays(1);

    public async Task<bool> HasComeAsync(RollbackNotice notice) =>
        time.GetUtcNow() >= notice.Since + options.ReconcileGrace
        && (await lease.KnownAsync(s_patience)).All(notice.Done.Contains)
        && (await Task.WhenAll(notice.Restored.Select(batch => batches.FindAsync(batch)))).All(batch => batch?.State is not (BatchState.Preparing or BatchState.InDoubt));
}
