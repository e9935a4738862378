using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Which queued jobs wait for a budget.</summary>
internal sealed class BudgetHolds(LedgerStore store, BudgetBook book)
{
    /// <summary>Numbers of those of some jobs that do; nothing is asked where there are no budgets.</summary>
    public async Task<IReadOnlySet<long>> OfAsync(IEnumerable<JobView> views)
    {
        if (book.Budgets.Count == 0)
        {
            return new HashSet<long>();
        }
        var jobs = views.Where(view => view.Record.State == JobState.Queued).Select(view => (view.Id.Sequence, Cells: CellsOf(view))).ToArray();
        var full = await book.FullAsync(jobs.SelectMany(job => job.Cells));
        return jobs.Where(job => job.Cells.Any(full.Contains)).Select(job => job.Sequence).ToHashSet();
    }

    private BudgetCell[] CellsOf(JobView view)
    {
        var values = CostValues.In(view.Metadata is { } metadata ? (RedisValue)metadata : RedisValue.Null, store.Options.CostKeys);
        return [.. book.Budgets.Select(budget => budget.CellOf(view.Lane, values)).OfType<BudgetCell>()];
    }
}
