using BatchWorker.Providers;
using BatchWorker.Tests.Simulation.Vendors;

namespace BatchWorker.Tests.Simulation.Oracles;

/// <summary>Looks at batches that do the work of another one: they are noticed while there is time, asked to stop, and nobody else's is.</summary>
internal sealed class DuplicateOracle(History history)
{
    /// <summary>Polls grow as rare as this, and one of them may fail.</summary>
    private static readonly TimeSpan s_notice = TimeSpan.FromMinutes(45);

    /// <summary>Batches that did the work of another one.</summary>
    public int Duplicates { get; private set; }

    /// <summary>Of these, batches that were noticed.</summary>
    public int Noticed { get; private set; }

    public void Said(string what, IReadOnlyList<KeyValuePair<string, object?>> facts)
    {
        if (what != "Duplicate")
        {
            return;
        }
        var id = facts.First(fact => fact.Key == "ProviderBatch").Value as string;
        var batch = history.Vendors.SelectMany(vendor => vendor.Batches).First(known => known.Id == id);
        batch.WasDetected = true;
        Violation.Unless(!batch.IsStranger, "duplicates", $"{id} is somebody else's");
        Violation.Unless(history.Vendors.SelectMany(vendor => vendor.Batches).Any(other => other.Truth?.BatchId == batch.Truth?.BatchId && other.Excuse is not null), "duplicates", $"{id} is a duplicate although no assumption was broken");
    }

    public void IsCancelled(VendorBatch batch) =>
        Violation.Unless(!batch.IsStranger || history.Words.AnyWrong, "duplicates", $"{batch.Id} is somebody else's and is told to stop");

    public void LookAtTheEnd()
    {
        foreach (var vendor in history.Vendors)
        {
            foreach (var batch in vendor.Batches.Where(batch => batch is { IsStranger: false, Excuse: not (null or "vanished") }))
            {
                Look(vendor, batch);
            }
        }
    }

    private void Look(Vendor vendor, VendorBatch batch)
    {
        var (id, attempt) = (batch.Truth!.BatchId, batch.Truth.Attempt);
        var replacement = vendor.Batches.FirstOrDefault(other => other.Truth is { } truth && truth.BatchId == id && truth.Attempt > attempt);
        if (replacement is null)
        {
            return;
        }
        Duplicates++;
        Noticed += batch.WasDetected ? 1 : 0;
        var from = batch.ListedAt > replacement.CreatedAt ? batch.ListedAt : replacement.CreatedAt;
        var until = batch.EndsAt < replacement.EndsAt ? batch.EndsAt : replacement.EndsAt;
        if (vendor.Tags && until - from > s_notice && !history.Plan.ChangesAccounts)
        {
            Violation.Unless(batch.WasDetected && (batch.WasCancelled || batch.End == ProviderPhase.Failed), "duplicates", $"{batch.Id} ran beside {replacement.Id} for {until - from} and was not stopped");
        }
    }
}
