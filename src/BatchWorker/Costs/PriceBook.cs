using BatchWorker.Lifecycle;

namespace BatchWorker.Costs;

/// <summary>The prices of all models that a source states. Immutable.</summary>
internal sealed class PriceBook(IEnumerable<PriceRow> rows)
{
    private readonly Dictionary<(Provider, string), ModelPrice> _models =
        rows.GroupBy(row => (row.Provider, row.Model)).ToDictionary(model => model.Key, model => new ModelPrice(model));

    /// <summary>
    /// What a request cost; null when neither the model nor what it is a snapshot of is listed,
    /// when a rate is missing, or when the provider reports no tokens at all.
    /// </summary>
    /// <param name="provider">Who charges.</param>
    /// <param name="model">As the caller names it.</param>
    /// <param name="usage">What is charged.</param>
    /// <param name="day">The UTC day; the last one that is listed when none is given.</param>
    public JobCost? CostOf(Provider provider, string model, Usage usage, DateOnly? day = null) =>
        usage.InputTokens == 0 && usage.OutputTokens == 0 ? null : Find(provider, model)?.CostOf(usage, day ?? DateOnly.MaxValue);

    /// <summary>Whether the model, or what it is a snapshot of, is listed.</summary>
    public bool Knows(Provider provider, string model) => Find(provider, model) is not null;

    /// <summary>The row that a model is priced by, in its lowest tier and as of the last day that is listed; null when there is none.</summary>
    public PriceRow? RowOf(Provider provider, string model) => Find(provider, model)?.Newest;

    private ModelPrice? Find(Provider provider, string model)
    {
        foreach (var name in ModelName.Candidates(provider, model))
        {
            if (_models.TryGetValue((provider, name), out var price))
            {
                return price;
            }
        }
        return null;
    }
}
