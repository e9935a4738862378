using System.Globalization;
using BatchWorker.Queue;

namespace BatchWorker.Settings;

/// <summary>Reads <c>BATCH_BUDGETS</c>: <c>100/day, 2000/month, 50/day job_type=creative_scoring, 20/day tenant=*</c>.</summary>
internal static class BudgetSettings
{
    private const string Variable = "BATCH_BUDGETS";
    private const decimal PicoPerUsd = 1_000_000_000_000m;
    private const decimal MostUsd = 1_000_000_000m;

    public static IReadOnlyList<Budget> Read(SettingsReader settings, IReadOnlyCollection<string> costKeys, IReadOnlyCollection<string> jobTypes)
    {
        Budget[] budgets = [.. (settings.Text(Variable)?.Split(',') ?? []).Select(text => Parse(text.Trim()))];
        if (budgets.DistinctBy(budget => budget.NameOf(budget.Value)).Count() != budgets.Length)
        {
            throw StartRefusal.Of(Variable, "each period, key and value may have one cap.");
        }
        if (budgets.FirstOrDefault(budget => !budget.IsOfLane && !costKeys.Contains(budget.Key!)) is { } unknown)
        {
            throw StartRefusal.Of(Variable, $"{unknown.Key} is not among BATCH_COST_KEYS, by which costs are added up.");
        }
        return budgets.FirstOrDefault(budget => budget.Key == Budget.JobType && budget.Value != Budget.Each && !jobTypes.Contains(budget.Value!)) is { } foreign
            ? throw StartRefusal.Of(Variable, $"{foreign.Value} is no job type.")
            : budgets;
    }

    private static Budget Parse(string text)
    {
        var (cap, scope) = text.Split(' ', 2, StringSplitOptions.TrimEntries) is [var first, var second] ? (first, second) : (text, null);
        if (cap.Split('/') is not [var amount, var word]
            || !decimal.TryParse(amount, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var usd) || usd > MostUsd
            || PeriodOf(word) is not { } period)
        {
            throw Wrong();
        }
        var pico = decimal.Truncate(usd * PicoPerUsd);
        return scope is null ? new Budget(pico, period)
            : scope.Split('=', 2) is [{ Length: > 0 } key, { Length: > 0 } value] ? new Budget(pico, period, key, value)
            : throw Wrong();
    }

    private static BudgetPeriod? PeriodOf(string word) => word switch
    {
        "day" => BudgetPeriod.Day,
        "month" => BudgetPeriod.Month,
        _ => null,
    };

    private static StartRefusal Wrong() =>
        StartRefusal.Of(Variable, "USD/day or USD/month is expected, with a job type or a metadata key behind it where it is not for all, such as 100/day, 50/day job_type=creative_scoring, 20/month tenant=*.");
}
