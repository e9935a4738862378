using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary><c>/batch/budgets</c>: how far the budgets are used.</summary>
internal static class BudgetEndpoints
{
    private const int MostValues = 100;

    public static void MapBudgets(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/batch/budgets", ReadAsync).WithSummary("The budgets of the present day and month, and what is used of them").Takes(Scope.Read).Gives<BudgetsAnswer>(200);

    private static async Task<IResult> ReadAsync(BudgetUses uses) =>
        TypedResults.Json(new BudgetsAnswer([.. (await uses.ReadAsync(MostValues)).Select(BudgetAnswer.Of)]), ControlJson.Relaxed.BudgetsAnswer);
}

/// <summary>All budgets; of one for each value of a key the 100 values that used the most.</summary>
internal sealed record BudgetsAnswer(IReadOnlyList<BudgetAnswer> Items);

/// <summary>One budget, in USD.</summary>
/// <param name="Budget">As it is configured.</param>
/// <param name="Period">The UTC day or month.</param>
/// <param name="Key"><c>job_type</c> or a metadata key; null for all jobs.</param>
/// <param name="Value">The value that this is about.</param>
/// <param name="Cap">The cap.</param>
/// <param name="Spent">What the answers of the period cost.</param>
/// <param name="Reserved">What is expected of the batches in flight.</param>
/// <param name="Holds">Whether the last drain of the period held a job for it.</param>
internal sealed record BudgetAnswer(string Budget, string Period, string? Key, string? Value, decimal Cap, decimal Spent, decimal Reserved, bool Holds)
{
    public static BudgetAnswer Of(BudgetUse use)
    {
        var budget = use.Cell.Budget;
        return new BudgetAnswer(
            budget.ToString(), budget.Period == BudgetPeriod.Day ? "day" : "month", budget.Key, use.Cell.Value,
            PicoUsd.ToUsd(budget.CapPico), PicoUsd.ToUsd(use.SpentPico), PicoUsd.ToUsd(use.HeldPico), use.IsFull);
    }
}
