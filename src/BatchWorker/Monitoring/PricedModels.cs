using BatchWorker.Costs;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Monitoring;

/// <summary>A model that answered, and the listed one whose price it has.</summary>
/// <param name="Provider">Whose.</param>
/// <param name="Model">As callers name it.</param>
/// <param name="PricedAs">The name of the list; null when no price is known.</param>
/// <param name="Source">Who states the price.</param>
/// <param name="AsOf">Year and month of that.</param>
/// <param name="Unpriced">Answers that have no price.</param>
internal sealed record PricedModel(Provider Provider, string Model, string? PricedAs, string? Source, string? AsOf, long Unpriced);

/// <summary>Which price each model of the books has.</summary>
internal sealed class PricedModels(Prices prices)
{
    public IReadOnlyList<PricedModel> Of(IEnumerable<LaneDay> days) =>
    [
        .. days.Where(day => day.Succeeded > 0)
            .GroupBy(day => (day.Lane.Provider, day.Lane.Model))
            .OrderBy(model => model.Key.Provider).ThenBy(model => model.Key.Model, StringComparer.Ordinal)
            .Select(model => Of(model.Key.Provider, model.Key.Model, model.Sum(day => (long)day.Sum.Unpriced))),
    ];

    private PricedModel Of(Provider provider, string model, long unpriced)
    {
        var row = prices.Book.RowOf(provider, model);
        return new PricedModel(provider, model, row?.Model, row?.Source, row?.AsOf, unpriced);
    }
}
