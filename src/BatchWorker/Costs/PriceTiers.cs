using BatchWorker.Lifecycle;

namespace BatchWorker.Costs;

/// <summary>The rates of a model by the length of the prompt.</summary>
internal sealed class PriceTiers
{
    private readonly (uint AboveInputTokens, TokenRates Realtime, TokenRates Batch)[] _tiers;

    /// <summary>Throws <see cref="InvalidDataException"/> when the rows have no lowest tier or one of them twice.</summary>
    public PriceTiers(IEnumerable<PriceRow> rows)
    {
        var ordered = rows.OrderByDescending(row => row.AboveInputTokens).ToArray();
        if (ordered[^1].AboveInputTokens != 0 || ordered.DistinctBy(row => row.AboveInputTokens).Count() != ordered.Length)
        {
            throw new InvalidDataException($"{ordered[0].Model} needs one row for each tier and one for the lowest.");
        }
        _tiers = Array.ConvertAll(ordered, row => (row.AboveInputTokens, RateRules.Realtime(row), RateRules.Batch(row)));
        Lowest = ordered[^1];
    }

    /// <summary>The row of the lowest tier.</summary>
    public PriceRow Lowest { get; }

    /// <summary>Null when a rate that the request needs is not known.</summary>
    public JobCost? CostOf(Usage usage)
    {
        var (_, realtime, batch) = _tiers.First(tier => tier.AboveInputTokens == 0 || usage.InputTokens > tier.AboveInputTokens);
        return realtime.PriceOf(usage) is { } standard && batch.PriceOf(usage) is { } paid ? new JobCost(standard, paid) : null;
    }
}
