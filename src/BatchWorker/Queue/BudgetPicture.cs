using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>What a batch that has not ended holds back.</summary>
internal sealed record OpenReservation(Lane Lane, Reservation Reserved);

/// <summary>What is spent and held back at a moment.</summary>
/// <param name="Claims">Claims that were made under the budgets by then.</param>
/// <param name="Today">The UTC day.</param>
/// <param name="Open">What open batches hold back, of whatever day.</param>
/// <param name="Pages">What was spent in this month and before.</param>
internal sealed record BudgetPicture(string Claims, DateOnly Today, IReadOnlyList<OpenReservation> Open, IReadOnlyList<SpentPage> Pages)
{
    /// <summary>Pico-USD that the answers of the period cost so far.</summary>
    public decimal SpentOf(BudgetCell cell)
    {
        var begin = cell.Budget.BeginOf(Today);
        return Pages.Where(page => page.Date >= begin && page.Date <= Today).Sum(page => PartOf(cell, page.Lane, page.Sum.BatchPico, page.Values));
    }

    /// <summary>Pico-USD that batches in flight hold back: they may end in any period, so they count in the present one.</summary>
    public decimal HeldOf(BudgetCell cell) => Open.Sum(batch => PartOf(cell, batch.Lane, batch.Reserved.Pico, batch.Reserved.ByValue));

    /// <summary>The cells of a budget that something is known of, those with the most first.</summary>
    public IEnumerable<BudgetCell> CellsOf(Budget budget, int most)
    {
        if (budget.Value != Budget.Each)
        {
            return [new BudgetCell(budget, budget.Value)];
        }
        var begin = budget.BeginOf(Today);
        var parts = Pages.Where(page => page.Date >= begin).Select(page => (page.Lane, page.Values)).Concat(Open.Select(batch => (batch.Lane, batch.Reserved.ByValue)));
        var values = parts.SelectMany(part => budget.Key == Budget.JobType ? [part.Lane.JobType] : part.Item2.All.Where(value => value.Key == budget.Key).Select(value => value.Value));
        return values.Distinct().Select(value => new BudgetCell(budget, value)).OrderByDescending(cell => SpentOf(cell) + HeldOf(cell)).Take(most);
    }

    private static decimal PartOf(BudgetCell cell, Lane lane, long all, ValueSums byValue) => cell.Budget.Key switch
    {
        null => all,
        Budget.JobType => lane.JobType == cell.Value ? all : 0,
        var key => byValue.Of(key, cell.Value!).BatchPico,
    };
}
