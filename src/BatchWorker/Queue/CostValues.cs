using System.Text.Json;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Adds what outcomes cost to the sums by the values of the configured metadata keys.</summary>
internal sealed class CostValues(LedgerStore store)
{
    private const int LongestValue = 512;

    /// <summary>What the batch has added after more outcomes; null where no keys are configured.</summary>
    public Task<ValueSums?> AddAsync(DayPage page, IReadOnlyList<Settlement> settlements) =>
        AddAsync(page, [.. settlements.Select(settlement => (settlement.Sequence, TotalsOf(settlement.Outcome)))]);

    /// <summary>The same for any change of what jobs cost.</summary>
    public async Task<ValueSums?> AddAsync(DayPage page, IReadOnlyList<(long Sequence, ValueTotals Totals)> changes)
    {
        if (store.Options.CostKeys.Count == 0)
        {
            return null;
        }
        var metadata = await JobSlots.ReadAsync(store.Database, [.. changes.Select(change => change.Sequence)], store.Keys.Metadata);
        var own = page.OwnByValue;
        foreach (var group in changes.Zip(metadata).SelectMany(job => In(job.Second, store.Options.CostKeys).Select(value => (Value: value, job.First.Totals))).GroupBy(job => job.Value))
        {
            var totals = group.Aggregate(ValueTotals.None, (sum, job) => sum.Plus(job.Totals));
            own = own.Add(group.Key.Key, group.Key.Value, totals, page.SumByValue);
        }
        return own;
    }

    private static ValueTotals TotalsOf(OutcomeRecord outcome) =>
        new(outcome.Requeued ? 0 : 1, outcome.IsUnpriced ? 1 : 0, outcome.RealtimePico ?? 0, outcome.BatchPico ?? 0);

    /// <summary>The values of some keys in a job's metadata.</summary>
    public static List<(string Key, string Value)> In(RedisValue metadata, IEnumerable<string> keys)
    {
        var found = new List<(string, string)>();
        if (JobNotes.MetadataIn(metadata) is { HasValue: true } stored)
        {
            using var document = JsonDocument.Parse((ReadOnlyMemory<byte>)stored);
            foreach (var key in keys)
            {
                if (document.RootElement.TryGetProperty(key, out var value) && value.GetString() is { Length: <= LongestValue } text)
                {
                    found.Add((key, text));
                }
            }
        }
        return found;
    }
}
