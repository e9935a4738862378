using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Batching;

/// <summary>What must hold before a create call may be sent.</summary>
internal sealed class CreatePermit(AccountClaims claims, Submissions submissions, OwnerLease lease, ILogger<CreatePermit> logger)
{
    /// <summary>Where the provider keeps no tag, a batch waits while the create call of another one has no known outcome: theirs could not be told apart.</summary>
    public async Task<bool> MayBeginAsync(OwnedBatch batch, IBatchProvider provider) =>
        provider.TagsBatches || await claims.IsLaneFreeAsync(provider.Account!, batch.Number);

    /// <summary>The number of the call; null when the store seems to have gone back in time.</summary>
    public Task<long?> NumberAsync() => submissions.NextNumberAsync();

    /// <summary>The last look: null when the call that is intended may be sent now, otherwise why not.</summary>
    public async Task<BatchError?> RefuseAsync(OwnedBatch intended)
    {
        try
        {
            if (!await submissions.CopyAsync(intended))
            {
                return new BatchError(Rollbacks.Code, "The store has gone back in time.");
            }
        }
        catch (Exception disk) when (disk is IOException or UnauthorizedAccessException)
        {
            Log.JournalNotWritten(logger, disk.Message);
            return new BatchError("journal_unavailable", "The disk of BATCH_DATA_DIR does not take the journal; the log says why.");
        }
        await Failpoints.HitAsync(Failpoint.F7);
        return lease.IsTrusted ? null : new BatchError("lease", "This replica could not renew its lease in time.");
    }
}
