namespace BatchWorker.Queue;

/// <summary>How far a budget is used.</summary>
/// <param name="Cell">The budget, and the value that it is for.</param>
/// <param name="SpentPico">Pico-USD that the answers of the period cost.</param>
/// <param name="HeldPico">Pico-USD that batches in flight hold back.</param>
/// <param name="IsFull">The last drain of the period held a job.</param>
internal sealed record BudgetUse(BudgetCell Cell, decimal SpentPico, decimal HeldPico, bool IsFull)
{
    public decimal UsedPico => SpentPico + HeldPico;
}

/// <summary>Shows how far the budgets are used.</summary>
internal sealed class BudgetUses(BudgetBook book)
{
    /// <summary>Every budget in its order; of one with a cap for each value the values that used the most.</summary>
    /// <param name="mostValues">Values of one budget.</param>
    public async Task<IReadOnlyList<BudgetUse>> ReadAsync(int mostValues)
    {
        if (book.Budgets.Count == 0)
        {
            return [];
        }
        var picture = await book.ReadAsync();
        var cells = book.Budgets.SelectMany(budget => picture.CellsOf(budget, mostValues)).ToArray();
        var full = await book.FullAsync(cells);
        return [.. cells.Select(cell => new BudgetUse(cell, picture.SpentOf(cell), picture.HeldOf(cell), full.Contains(cell)))];
    }
}
