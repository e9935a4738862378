using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Tests.Simulation.Oracles;

/// <summary>Looks at every batch: its epoch, its places, its sums and the provider's batch that it is bound to.</summary>
internal sealed class BatchOracle(History history, LedgerPicture picture)
{
    private readonly Dictionary<long, long> _epochs = [];

    public void Look()
    {
        var bound = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var batch in picture.Batches())
        {
            LookAtPlaces(batch);
            LookAtSums(batch, isOver: false);
            if (batch.Record.ProviderBatchId is { } id)
            {
                Violation.Unless(bound.TryAdd(id, batch.Number), "bound once", $"{id} is batch {bound[id]} and batch {batch.Number}");
            }
        }
    }

    /// <summary>At the end nothing is on its way: what batches, days and outcomes say is the same.</summary>
    public void LookAtTheEnd()
    {
        foreach (var batch in picture.Batches())
        {
            LookAtSums(batch, isOver: true);
            var days = picture.Outcomes(batch.Number).OfType<OutcomeRecord>().Select(outcome => outcome.AtMs / 86_400_000).Distinct()
                .Select(day => picture.Day(day, batch.Record.LaneNumber, batch.Number)).ToArray();
            Violation.Unless(days.Sum(day => day.BatchPico) == batch.Totals.BatchPico && days.Sum(day => day.Settled) == batch.Totals.Settled, "money", $"the days of batch {batch.Number} do not add up");
        }
        foreach (var (sum, parts) in picture.Pages())
        {
            Violation.Unless(sum.BatchPico == parts.Sum(part => part.BatchPico) && sum.Settled == parts.Sum(part => part.Settled), "money", $"a day says {sum}, its batches have added {string.Join(", ", parts)}");
        }
    }

    public void LookAtEpochs()
    {
        foreach (var batch in picture.Batches())
        {
            Violation.Unless(batch.Epoch >= _epochs.GetValueOrDefault(batch.Number), "epoch", $"that of batch {batch.Number} fell to {batch.Epoch}");
            _epochs[batch.Number] = batch.Epoch;
        }
    }

    /// <summary>A place without an outcome is a job that is here and nowhere else.</summary>
    private void LookAtPlaces(BatchFacts batch)
    {
        var manifest = picture.Manifest(batch.Number);
        Violation.Unless(manifest.Distinct().Count() == manifest.Count, "one place", $"batch {batch.Number} holds a job twice");
        Violation.Unless(batch.Claimed <= manifest.Count, "one place", $"batch {batch.Number} claims {batch.Claimed} jobs and names {manifest.Count}");
        for (var place = 0; place < batch.Claimed; place++)
        {
            var outcome = picture.Outcome(batch.Number, place);
            var job = picture.Job(manifest[place]);
            Violation.Unless(
                outcome is not null || job is { State: JobState.Batched } && job.Batch == batch.Number && job.Position == place,
                "one place",
                $"place {place} of batch {batch.Number} waits for job {manifest[place]}, which is {job?.State.Wire() ?? "gone"} in batch {job?.Batch}");
        }
    }

    private void LookAtSums(BatchFacts batch, bool isOver)
    {
        var outcomes = picture.Outcomes(batch.Number).OfType<OutcomeRecord>().Where(outcome => outcome.Settlement <= batch.Settlements).ToArray();
        var sum = outcomes.Aggregate(new BatchTotals(), (total, outcome) => total.Add(outcome)) with { LastSettlement = batch.Totals.LastSettlement };
        Violation.Unless(sum == batch.Totals, "sums", $"batch {batch.Number} says {batch.Totals}, its outcomes {sum}");
        if (isOver || (batch.Record.State.HasEnded() && !history.WasTorn))
        {
            Violation.Unless(batch.Record.State.HasEnded() && outcomes.Length == batch.Claimed, "sums", $"batch {batch.Number} is {batch.Record.State.Wire()} with {outcomes.Length} outcomes for {batch.Claimed} jobs");
        }
    }
}
