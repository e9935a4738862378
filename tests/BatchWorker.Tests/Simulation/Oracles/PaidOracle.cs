using BatchWorker.Lifecycle;
using BatchWorker.Tests.Simulation.Vendors;

namespace BatchWorker.Tests.Simulation.Oracles;

/// <summary>
/// Looks at the providers' side: what runs and what was paid for each item. A batch for which an assumption was broken has an excuse;
/// nothing else has.
/// </summary>
internal sealed class PaidOracle(History history, LedgerPicture picture)
{
    private TimeSpan Now => history.Scheduler.Now;

    private IEnumerable<VendorBatch> Ours => history.Vendors.SelectMany(vendor => vendor.Batches).Where(batch => !batch.IsStranger);

    public void Look()
    {
        var running = new Dictionary<long, string>();
        var paid = new Dictionary<long, string>();
        foreach (var batch in Ours.Where(batch => batch.Excuse is null))
        {
            foreach (var item in batch.Items)
            {
                if (!batch.HasEnded(Now))
                {
                    Violation.Unless(running.TryAdd(item.Sequence, batch.Id), "runs once", $"job {item.Sequence} runs in {running[item.Sequence]} and in {batch.Id}");
                }
                if (item is { IsBilled: true, IsDelivered: true } && !batch.LosesResults && batch.HasRun(item, Now))
                {
                    Violation.Unless(paid.TryAdd(item.Sequence, batch.Id), "paid once", $"job {item.Sequence} was paid in {paid[item.Sequence]} and in {batch.Id}");
                }
            }
        }
    }

    /// <summary>What was paid and delivered is in the ledger, once; what is in the ledger was paid.</summary>
    public void LookAtTheEnd()
    {
        foreach (var batch in picture.Batches().Where(batch => batch.Record.ProviderBatchId is not null))
        {
            string[] sources = [batch.Record.ProviderBatchId!, .. (batch.Record.Late ?? []).Select(late => late.ProviderBatchId)];
            var answered = Ours.Where(known => sources.Contains(known.Id)).SelectMany(Delivered).ToHashSet();
            var settled = Succeeded(batch);
            Violation.Unless(settled.IsSubsetOf(answered), "settled", $"batch {batch.Number}: jobs {string.Join(",", settled.Except(answered))} succeeded and were not answered");
        }
        var known = picture.Batches().Where(batch => batch.Record.ProviderBatchId is not null).ToDictionary(batch => batch.Record.ProviderBatchId!, StringComparer.Ordinal);
        var excused = Ours.Where(batch => batch.Excuse is not null).Select(batch => batch.Truth!.BatchId).ToHashSet(StringComparer.Ordinal);
        foreach (var batch in Ours.Where(batch => !excused.Contains(batch.Truth!.BatchId)))
        {
            var taken = known.TryGetValue(batch.Id, out var ours) ? Succeeded(ours) : [];
            Violation.Unless(Delivered(batch).ToHashSet().IsSubsetOf(taken), "settled", $"{batch.Id}: the answers to {string.Join(",", Delivered(batch).Except(taken))} were paid and not taken");
        }
        var cost = History.Prices.Book.CostOf(Provider.OpenAi, "gpt-4o", VendorItem.Usage)!.Value;
        foreach (var batch in picture.Batches().Where(batch => batch.Record.Lane.Provider == Provider.OpenAi))
        {
            Violation.Unless(batch.Totals.BatchPico == batch.Totals.Succeeded * cost.Batch, "settled", $"batch {batch.Number} says {batch.Totals.BatchPico} for {batch.Totals.Succeeded} answers");
        }
    }

    private IEnumerable<long> Delivered(VendorBatch batch) =>
        batch.LosesResults ? [] : batch.Billed(Now).Where(item => item.IsDelivered).Select(item => item.Sequence);

    private HashSet<long> Succeeded(BatchFacts batch)
    {
        var manifest = picture.Manifest(batch.Number);
        return [.. picture.Outcomes(batch.Number).Index().Where(outcome => outcome.Item?.Outcome == Outcome.Succeeded).Select(outcome => manifest[outcome.Index])];
    }
}
