using BatchWorker.Batching;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Tests.Simulation;

/// <summary>Those who cancel, retry, pause and resolve: at random while things go wrong, and what is left to them afterwards.</summary>
internal sealed class Operators(History history)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromHours(1);

    private Scheduler Scheduler => history.Scheduler;

    public void Begin() => Scheduler.In(Scheduler.Between(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5)), () =>
    {
        if (history.HasFaults)
        {
            history.AnyOpenReplica()?.Ask(TimeSpan.Zero, ActAsync);
            Begin();
        }
    });

    /// <summary>Afterwards: everything is switched on, and whatever only a person can decide is decided rightly.</summary>
    public void Tidy() => Scheduler.In(TimeSpan.FromMinutes(4), () =>
    {
        history.AnyOpenReplica()?.Ask(TimeSpan.Zero, TidyAsync);
        Tidy();
    });

    private Task ActAsync(Replica replica) => Scheduler.Chance.Next(history.Plan.WrongWords > 0 ? 14 : 10) switch
    {
        0 or 1 => history.Plan.Theme == Theme.Calm ? Task.CompletedTask : CancelJobAsync(replica),
        2 or 3 => RetryJobAsync(replica),
        4 => CancelBatchAsync(replica),
        5 => replica.Get<ProviderHealth>().PauseAsync(Scheduler.OneOf(ProviderNames.All)),
        6 => replica.Get<ProviderHealth>().ResumeAsync(Scheduler.OneOf(ProviderNames.All)),
        7 => replica.Get<DrainWorker>().BeginAsync("api", new RunFilter(MaxJobs: Scheduler.Roll(0.3) ? Scheduler.Chance.Next(1, 10) : null)),
        8 => Scheduler.Roll(0.5) ? replica.Get<Switches>().StopSchedulerAsync() : replica.Get<Switches>().StartSchedulerAsync(),
        9 => replica.Get<JobBulk>().RunAsync(new BulkWish(Scheduler.Roll(0.2) ? JobAction.Cancel : JobAction.Retry, new JobFilter(), null, Scheduler.Chance.Next(1, 6), DryRun: false), CancellationToken.None),
        _ => ResolveAsync(replica, batch => Scheduler.Roll(history.Plan.WrongWords) ? WrongWord(batch) : RightWord(batch), TimeSpan.Zero),
    };

    private async Task TidyAsync(Replica replica)
    {
        await replica.Get<Switches>().StartSchedulerAsync();
        foreach (var provider in ProviderNames.All)
        {
            await replica.Get<ProviderHealth>().ResumeAsync(provider);
        }
        await ResolveAsync(replica, RightWord, s_patience);
        foreach (var batch in await replica.Get<BatchLedger>().OpenBatchesAsync())
        {
            if (batch.Record.ProviderBatchId is { } id && batch.CancelRequestedAt is null && IsGone(id))
            {
                await replica.Get<BatchWishes>().CancelAsync(batch);
            }
        }
    }

    private async Task CancelJobAsync(Replica replica)
    {
        if (AnyJob() is { } id)
        {
            await replica.Get<JobDesk>().CancelAsync(id);
        }
    }

    private async Task RetryJobAsync(Replica replica)
    {
        if (AnyJob() is { } id)
        {
            await replica.Get<JobDesk>().RetryAsync(id);
        }
    }

    private async Task CancelBatchAsync(Replica replica)
    {
        var open = await replica.Get<BatchLedger>().OpenBatchesAsync();
        if (open.Count > 0 && history.Plan.Theme != Theme.Calm)
        {
            await replica.Get<BatchWishes>().CancelAsync(Scheduler.OneOf(open));
        }
    }

    /// <summary>With the checks of the HTTP interface.</summary>
    private async Task ResolveAsync(Replica replica, Func<BatchRecord, string> wordOn, TimeSpan patience)
    {
        foreach (var batch in await replica.Get<BatchLedger>().OpenBatchesAsync())
        {
            if (batch.State != BatchState.InDoubt || SimTime.Start + Scheduler.Now < batch.Record.Intent!.At + patience)
            {
                continue;
            }
            var word = wordOn(batch.Record);
            if (word.Length == 0 || !await replica.Get<AccountClaims>().IsBoundElsewhereAsync(batch.Record.Account!, word, batch.Number))
            {
                history.Words.Note(batch.Record, word);
                await replica.Get<BatchWishes>().ResolveAsync(batch, word);
            }
        }
    }

    /// <summary>A batch that its provider does not know any more can not be named.</summary>
    private string RightWord(BatchRecord batch) => history.Words.TruthOf(batch) is { } truth && truth.VanishesAt > Scheduler.Now ? truth.Id : "";

    private string WrongWord(BatchRecord batch)
    {
        var known = history.Vendors.Where(vendor => vendor.Name == batch.Lane.Provider).SelectMany(vendor => vendor.Batches).Where(other => other.Account == batch.Account).ToArray();
        return known.Length > 0 && Scheduler.Roll(0.5) ? Scheduler.OneOf(known).Id : "";
    }

    private bool IsGone(string providerBatchId) =>
        history.Vendors.SelectMany(vendor => vendor.Batches).Any(batch => batch.Id == providerBatchId && batch.VanishesAt <= Scheduler.Now);

    private JobId? AnyJob() => history.Callers.Accepted.Count == 0 ? null : Scheduler.OneOf([.. history.Callers.Accepted.Values]);
}
