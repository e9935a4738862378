using BatchWorker.Costs;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>Begins selections. Where there are no budgets and nobody wants estimates, nothing more is read than the queues.</summary>
internal sealed class Selections(JobClaims claims, LaneChoice choice, JobReads reads, BudgetBook book, Prices prices, TimeProvider time)
{
    /// <summary>Whether budgets may hold jobs.</summary>
    public bool HasBudgets => book.Budgets.Count > 0;

    /// <param name="filter">Which lanes.</param>
    /// <param name="estimates">Whether jobs are estimated even if no budget needs it.</param>
    public async Task<Selection> BeginAsync(RunFilter filter, bool estimates = false)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var lanes = await choice.ChooseAsync(filter);
        if (!estimates && !HasBudgets)
        {
            return new Selection(claims, lanes, null, null, now);
        }
        var picture = await book.ReadAsync();
        return new Selection(
            claims, lanes, HasBudgets ? new BudgetGate(book, lanes.Open, picture) : null, new JobEstimates(reads, prices.Book, lanes.Open, picture.Pages), now);
    }
}
