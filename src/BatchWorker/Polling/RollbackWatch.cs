using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>Notices that the store went back in time, and sees to it that what it forgot is put back.</summary>
internal sealed class RollbackWatch(StoreTimeline timeline, Submissions submissions, Rollbacks rollbacks, RollbackRecovery recovery, ILogger<RollbackWatch> logger)
{
    /// <summary>Looks through the whole journal, before anything else is done.</summary>
    public async Task BeginAsync()
    {
        await foreach (var forgotten in submissions.ForgottenAsync())
        {
            await RaiseAsync($"the store does not know the create call {forgotten.Name}");
            break;
        }
        await LookAsync();
    }

    /// <summary>Looks whether the store is as far as it was.</summary>
    public async Task LookAsync()
    {
        if (!await timeline.LookAsync())
        {
            await RaiseAsync("the counters of the store are behind what they were");
        }
        else if (!await submissions.KnowsNewestAsync())
        {
            await RaiseAsync("the store does not know the last create call");
        }
        if (await rollbacks.ReadAsync() is not { LiftedAt: null } notice)
        {
            return;
        }
        if (!notice.Leapt)
        {
            await timeline.LeapAsync();
            await rollbacks.NoteLeaptAsync();
        }
        await recovery.GoOnAsync(notice);
    }

    private async Task RaiseAsync(string detail)
    {
        if (await rollbacks.RaiseAsync(detail))
        {
            Log.RolledBack(logger, detail);
        }
    }
}
