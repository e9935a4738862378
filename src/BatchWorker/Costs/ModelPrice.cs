using BatchWorker.Lifecycle;

namespace BatchWorker.Costs;

/// <summary>What one request costs, in pico-USD.</summary>
/// <param name="Realtime">At the real-time price: what it would have cost.</param>
/// <param name="Batch">At the batch price: what it did cost.</param>
internal readonly record struct JobCost(long Realtime, long Batch);

/// <summary>The rates of a model by day and by the length of the prompt.</summary>
internal sealed class ModelPrice
{
    private readonly (DateOnly From, PriceTiers Tiers)[] _periods;

    /// <summary>Throws <see cref="InvalidDataException"/> when the rows of a day have no lowest tier or one of them twice.</summary>
    public ModelPrice(IEnumerable<PriceRow> rows)
    {
        _periods = [.. rows.GroupBy(row => row.From ?? DateOnly.MinValue).OrderByDescending(period => period.Key).Select(period => (period.Key, new PriceTiers(period)))];
        Newest = _periods[0].Tiers.Lowest;
    }

    /// <summary>The lowest tier of the last day that is listed: who says so, and when.</summary>
    public PriceRow Newest { get; }

    /// <summary>Null when no rate holds on that UTC day, or one that the request needs is not known.</summary>
    public JobCost? CostOf(Usage usage, DateOnly day) => Array.Find(_periods, period => period.From <= day).Tiers?.CostOf(usage);
}
