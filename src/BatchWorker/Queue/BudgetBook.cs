using System.Globalization;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Reads what stands against the budgets, and keeps which of them held jobs.</summary>
internal sealed class BudgetBook(LedgerStore store, BatchLedger batches, DayLedger days)
{
    /// <summary>Days of the books that are read at least: the longest month, and what estimates learn from.</summary>
    public const int Days = 31;

    /// <summary>Longer than any period.</summary>
    private static readonly int s_holdsKept = (int)TimeSpan.FromDays(40).TotalSeconds;

    public IReadOnlyList<Budget> Budgets => store.Options.Budgets;

    /// <summary>
    /// In this order: a claim after the first look is noticed by the next claim, and what is settled between the looks counts twice rather than never.
    /// </summary>
    public async Task<BudgetPicture> ReadAsync()
    {
        var claims = await store.Database.HashGetAsync(store.Keys.Budgets, LedgerFields.Claims);
        var open = await batches.OpenBatchesAsync();
        var today = days.Today;
        return new BudgetPicture(
            claims.HasValue ? claims.ToString() : "", today,
            [.. open.Where(batch => batch.Reserved is not null).Select(batch => new OpenReservation(batch.Record.Lane, batch.Reserved!))],
            await days.ReadSpentAsync(today.AddDays(1 - Days), today));
    }

    /// <summary>The number of claims after one more.</summary>
    public static string Next(string claims) => ((claims.Length == 0 ? 0 : long.Parse(claims, CultureInfo.InvariantCulture)) + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes down which cells a drain found full and which not; of others nothing is known anew.</summary>
    /// <param name="today">When it looked.</param>
    /// <param name="full">Cells for which it held jobs.</param>
    /// <param name="open">Cells whose jobs all fitted.</param>
    public async Task NoteAsync(DateOnly today, IEnumerable<BudgetCell> full, IEnumerable<BudgetCell> open)
    {
        var note = store.Begin();
        foreach (var period in open.GroupBy(cell => cell.Budget.BeginOf(today)))
        {
            note.Write("HDEL", store.Keys.BudgetHolds(period.Key), [.. period.Select(FieldOf)]);
        }
        foreach (var period in full.GroupBy(cell => cell.Budget.BeginOf(today)))
        {
            var key = store.Keys.BudgetHolds(period.Key);
            note.Write("HSET", key, [.. period.SelectMany(cell => new RedisValue[] { FieldOf(cell), 1 })]).Write("EXPIRE", key, s_holdsKept);
        }
        await note.CommitAsync();
    }

    /// <summary>Of some cells those for which the last drain of the period that looked held a job. A cap that has changed since holds nothing.</summary>
    public async Task<IReadOnlySet<BudgetCell>> FullAsync(IEnumerable<BudgetCell> cells)
    {
        var (today, full) = (days.Today, new HashSet<BudgetCell>());
        foreach (var period in cells.Distinct().GroupBy(cell => cell.Budget.BeginOf(today)))
        {
            BudgetCell[] asked = [.. period];
            var holds = await store.Database.HashGetAsync(store.Keys.BudgetHolds(period.Key), Array.ConvertAll(asked, FieldOf));
            full.UnionWith(asked.Where((_, i) => holds[i].HasValue));
        }
        return full;
    }

    /// <summary>With the cap: another one holds nothing yet.</summary>
    private static RedisValue FieldOf(BudgetCell cell) => $"{cell.Budget}\n{cell.Value}";
}
