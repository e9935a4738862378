using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>
/// Notices that the store went back in time. Then nothing is submitted until every replica of the last day has put back the create calls of its
/// journal, their providers have been asked about each, and the grace is over; an operator may let it go on before.
/// </summary>
internal sealed class RollbackWatch(StoreTimeline timeline, Submissions submissions, Restoration restoration, Rollbacks rollbacks, OwnerLease lease, BatchLedger batches, PollingOptions options, TimeProvider time, ILogger<RollbackWatch> logger)
{
    /// <summary>So long a replica that is gone is waited for: only it knows what it sent last. An operator need not wait.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromDays(1);

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
        var forgotten = await submissions.ForgottenAsync(cancellationToken).ToListAsync(cancellationToken);
        if (!notice.Done.Contains(lease.Owner))
        {
            await ReleaseAsync(forgotten);
        }
        var whole = true;
        foreach (var entry in forgotten)
        {
            whole &= await PutBackAsync(entry);
        }
        if (whole && !await rollbacks.NoteDoneAsync() && await IsOverAsync(notice) && await rollbacks.LiftAsync())
        {
            Log.RollbackOver(logger, notice.Restored.Count);
        }
    }

    /// <summary>What this replica has not sent yet goes back to the queue: a forgotten call, of this replica or of another one, may have had the same jobs.</summary>
    private async Task ReleaseAsync(IReadOnlyList<JournalEntry> forgotten)
    {
        foreach (var unsent in (await batches.UnsentAsync()).Where(batch => !forgotten.Any(entry => entry.Record.Id == batch.Record.Id)))
        {
            if (await batches.OwnAsync(unsent.Number) is { State: BatchState.Preparing or BatchState.Submitting, Record.Intent: null } mine)
            {
                await batches.EndAsync(mine, new BatchEnding(BatchState.Failed, Leftover.Released), new BatchError(Rollbacks.Code, "The store went back in time."), time.GetUtcNow());
            }
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
        && (await lease.KnownAsync(s_patience)).All(notice.Done.Contains)
        && (await Task.WhenAll(notice.Restored.Select(batch => batches.FindAsync(batch)))).All(batch => batch?.State is not (BatchState.Preparing or BatchState.InDoubt));
}
