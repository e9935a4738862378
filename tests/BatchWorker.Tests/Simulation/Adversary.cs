using BatchWorker.Lifecycle;

namespace BatchWorker.Tests.Simulation;

/// <summary>Makes things go wrong: processes die, freeze, stop and come back, the store goes away, others use our accounts.</summary>
internal sealed class Adversary(History history)
{
    private Scheduler Scheduler => history.Scheduler;

    public void Begin()
    {
        Again(TimeSpan.FromMinutes(4), FreezeOne);
        Again(TimeSpan.FromMinutes(20), StopOne);
        if (history.Plan.HasStrangers)
        {
            // The engine stops a batch without a tag only in an account that nobody else uses; one whose first foreign batch
            // has the size and the moment of a lost call of ours would deceive it.
            history.Vendors.ToList().ForEach(vendor => vendor.AddStranger(AccountOf(vendor.Name, other: false), 3));
            Again(TimeSpan.FromMinutes(3), AddStranger);
        }
        if (history.Plan.Theme is Theme.StoreTrouble or Theme.Everything)
        {
            Again(TimeSpan.FromMinutes(15), () => history.TakeStoreAway(Scheduler.Between(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(3))));
        }
    }

    /// <summary>Asked before every continuation of every process.</summary>
    public bool DiesNow(SimProcess process)
    {
        if (!history.HasFaults || !Scheduler.Roll(history.Plan.Crashes))
        {
            return false;
        }
        history.Crash(process);
        return true;
    }

    /// <summary>Asked whenever a process asks another: it may stand still before the answer comes.</summary>
    public void MayFreeze(SimProcess process, double probability)
    {
        if (history.HasFaults && history.Plan.Theme != Theme.Calm && Scheduler.Roll(probability))
        {
            Freeze(process);
        }
    }

    /// <summary>The accounts with which a replica comes up.</summary>
    public IReadOnlyDictionary<Provider, string> Accounts()
    {
        var changed = history.Plan.ChangesAccounts && (history.HasFaults ? Scheduler.Roll(0.4) : history.UsesOtherAccounts);
        if (changed && history.HasFaults)
        {
            history.Coverage.Visit("adversary: other account");
        }
        return ProviderNames.All.ToDictionary(provider => provider, provider => AccountOf(provider, changed && (!history.HasFaults || Scheduler.Roll(0.6))));
    }

    public static string AccountOf(Provider provider, bool other) => (other ? "b" : "a") + "000000000000000" + (int)provider;

    private void Again(TimeSpan interval, Action act) => Scheduler.In(Scheduler.Between(interval * 0.3, interval * 1.7), () =>
    {
        if (history.HasFaults && history.Plan.Theme != Theme.Calm)
        {
            act();
            Again(interval, act);
        }
    });

    private void FreezeOne()
    {
        if (history.AnyReplica() is { } replica && Scheduler.Roll(0.5))
        {
            Freeze(replica.Process);
        }
    }

    private void Freeze(SimProcess process)
    {
        history.Trace.Add($"{process.Name} freezes");
        history.Coverage.Visit("adversary: frozen");
        process.Freeze(Scheduler.Between(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(4)));
    }

    private void StopOne()
    {
        if (history.AnyReplica() is { } replica)
        {
            history.Trace.Add($"{replica.Process.Name} is told to stop");
            history.Coverage.Visit("adversary: told to stop");
            replica.Process.In(TimeSpan.Zero, replica.Stop);
        }
    }

    private void AddStranger()
    {
        var vendor = Scheduler.OneOf(history.Vendors);
        var size = vendor.Batches.LastOrDefault(batch => !batch.IsStranger)?.Items.Count;
        vendor.AddStranger(AccountOf(vendor.Name, other: false), size is { } like && Scheduler.Roll(0.6) ? like : Scheduler.Chance.Next(1, 13));
    }
}
