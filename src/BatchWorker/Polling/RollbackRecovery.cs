using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>Puts back what this replica knows and the store forgot; when everybody has, and every call is decided, submission goes on.</summary>
internal sealed class RollbackRecovery(Submissions submissions, Restoration restoration, Rollbacks rollbacks, RollbackEnd end, ILogger<RollbackRecovery> logger)
{
    /// <summary>Calls of which it was said that something is in the way.</summary>
    private readonly HashSet<string> _waiting = [];

    public async Task GoOnAsync(RollbackNotice notice)
    {
        var forgotten = await submissions.ForgottenAsync().ToListAsync();
        if (!rollbacks.HasSpoken(notice))
        {
            await restoration.ReleaseUnsentAsync(forgotten);
        }
        if (!await PutBackAsync(forgotten))
        {
            return;
        }
        await rollbacks.NoteDoneAsync();
        if (rollbacks.HasSpoken(notice) && await end.HasComeAsync(notice) && await rollbacks.LiftAsync())
        {
            Log.RollbackOver(logger, notice.Restored.Count);
        }
    }

    /// <summary>False while something is in the way.</summary>
    private async Task<bool> PutBackAsync(IReadOnlyList<JournalEntry> forgotten)
    {
        var isDone = true;
        foreach (var entry in forgotten)
        {
            var restored = await restoration.PutBackAsync(entry);
            if (restored != Restored.NotYet || _waiting.Add(entry.Name))
            {
                Log.PutBack(logger, entry.Name, restored);
            }
            if (restored == Restored.PutBack)
            {
                await rollbacks.NoteRestoredAsync(entry.Record.Id);
            }
            isDone &= restored != Restored.NotYet;
        }
        return isDone;
    }
}
