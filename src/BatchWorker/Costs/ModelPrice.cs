using BatchWorker.Lifecycle;

namespace BatchWorker.Costs;

/// <summary>What one request costs, in pico-USD.</summary>
/// <param name="Realtime">At the real-time price: what it would have cost.</param>
/// <param name="Batch">At the batch price: what it did cost.</param>
internal readonly record struct JobCost(long Realtime, long Batch);

/// <summary>The rates of a model by the length of the prompt.</summary>
internal sealed class ModelPrice
{
    private readonly (uint AboveInputTokens, TokenRates Realtime, TokenRates Batch)[] _tiers;

    /// <summary>Throws <see cref="InvalidDataException"/> when the rows have no lowest tier or one of them twice.</summary>
    public ModelPrice(IEnumerable<PriceRow> rows)
    {
        var ordered = rows.OrderByDescending(row => row.AboveInputTokens).ToArray();
        if (ordered[^1].AboveInputTokens != 0 || ordered.DistinctBy(row => row.AboveInputTokens).Count() != ordered.Length)
        {
            throw new InvalidDataException($"{ordered[0].Model} needs one row for each tier and one for the lowest.");
        }
        _tiers = Array.ConvertAll(ordered, row => (row.AboveInputTokens, RateRules.Realtime(row), RateRules.Batch(row)));
    }

    /// <summary>Null when a rate that the request needs is not known.</summary>
    public JobCost? CostOf(Usage usage)
    {
        var (_, realtime, batch) = _tiers.First(tier => tier.AboveInputTokens == 0 || usage.InputTokens > tier.AboveInputTokens);
        return realtime.PriceOf(usage) is { } standard && batch.PriceOf(usage) is { } paid ? new JobCost(standard, paid) : null;
    }
}
