using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>
/// Notices that the store went back in time. Then nothing is submitted until every replica that lives has put back the create calls of its
/// journal, their providers have been asked about each, and the grace is over; an operator may let it go on before.
/// </summary>
internal sealed class RollbackWatch(StoreTimeline timeline, Submissions submissions, Restoration restoration, Rollbacks rollbacks, OwnerLease lease, BatchLedger batches, PollingOptions options, TimeProvider time, ILogger<RollbackWatch> logger)
{
    /// <summary>Looks through the whole journal, before anything else is done.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await foreach (var forgotten in submissions.ForgottenAsync(cancellationToken))
        {
            await RaiseAsync($"the store does not know the create call {forgotten.Name}");
            break;
        }
        await LookAsync(cancellationToken);
    }

    /// <summary>Looks whether the store is as far as it was.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (!await timeline.LookAsync())
        {
            await RaiseAsync("the counters of the store are behind what they were");
        }
        else if (!await submissions.KnowsNewestAsync(cancellationToken))
        {
            await RaiseAsync("the store does not know the last create call");
        }
        if (await rollbacks.ReadAsync() is { LiftedAt: null } notice)
        {
            await RecoverAsync(notice, cancellationToken);
        }
    }

    private async Task RaiseAsync(string detail)
    {
        if (await rollbacks.RaiseAsync(detail))
        {
            Log.RolledBack(logger, detail);
        }
    }

    private async Task RecoverAsync(RollbackNotice notice, CancellationToken cancellationToken)
    {
        if (!notice.Leapt)
        {
            await timeline.LeapAsync();
            await rollbacks.NoteLeaptAsync();
        }
        var whole = true;
        await foreach (var forgotten in submissions.ForgottenAsync(cancellationToken))
        {
            whole &= await PutBackAsync(forgotten);
        }
        if (whole && !await rollbacks.NoteDoneAsync() && await IsOverAsync(notice) && await rollbacks.LiftAsync())
        {
            Log.RollbackOver(logger, notice.Restored.Count);
        }
    }

    private async Task<bool> PutBackAsync(JournalEntry forgotten)
    {
        var restored = await restoration.PutBackAsync(forgotten);
        Log.PutBack(logger, forgotten.Name, restored);
        if (restored == Restored.PutBack)
        {
            await rollbacks.NoteRestoredAsync(forgotten.Record.Id);
        }
        return restored != Restored.NotYet;
    }

    private async Task<bool> IsOverAsync(RollbackNotice notice) =>
        time.GetUtcNow() >= notice.Since + options.ReconcileGrace
        && (await lease.LivingAsync()).All(notice.Done.Contains)
        && (await Task.WhenAll(notice.Restored.Select(batch => batches.FindAsync(batch)))).All(batch => batch?.State is not (BatchState.Preparing or BatchState.InDoubt));
}
