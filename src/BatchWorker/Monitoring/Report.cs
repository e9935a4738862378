using BatchWorker.Queue;

namespace BatchWorker.Monitoring;

/// <summary>A UTC day, or several.</summary>
/// <param name="Jobs">Accepted jobs.</param>
/// <param name="Succeeded">Jobs that ended with an answer.</param>
/// <param name="Failed">Jobs that ended without one.</param>
/// <param name="Batches">Batches that ended.</param>
/// <param name="Amounts">What the answers cost.</param>
internal sealed record ReportSums(long Jobs, long Succeeded, long Failed, long Batches, Amounts Amounts)
{
    public static ReportSums Of(IReadOnlyCollection<LaneDay> days) => new(
        days.Sum(day => day.Accepted),
        days.Sum(day => day.Succeeded),
        days.Sum(day => day.Failed),
        days.Sum(day => (long)day.Sum.BatchesCompleted + day.Sum.BatchesFailed + day.Sum.BatchesExpired + day.Sum.BatchesCancelled),
        Amounts.Of(days));
}

/// <summary>One day of a report.</summary>
internal sealed record ReportDay(DateOnly Date, ReportSums Sums);

/// <summary>Days in their order, what they add up to, and where that leads.</summary>
/// <param name="Days">Every day of the time asked for; those without data with zeros.</param>
/// <param name="Totals">Their sum.</param>
/// <param name="Projection">Null without any cost.</param>
/// <param name="ByValue">Costs by the values of the configured metadata keys.</param>
/// <param name="Drifting">Of their batches, those whose books differ from what their provider says of them.</param>
internal sealed record Report(IReadOnlyList<ReportDay> Days, ReportSums Totals, Projection? Projection, ValueSums ByValue, long Drifting)
{
    public DateOnly From => Days[0].Date;

    public DateOnly To => Days[^1].Date;
}

/// <summary>Makes reports from the books.</summary>
internal sealed class ReportReader(DayLedger books, DriftingBatches drifting)
{
    /// <summary>Days of a report at most.</summary>
    public const int MostDays = 3660;

    /// <param name="count">The last so many UTC days, today included.</param>
    public async Task<Report> ReadAsync(int count)
    {
        var to = books.Today;
        var from = to.AddDays(1 - count);
        var pages = await books.ReadAsync(from, to);
        var byDate = pages.ToLookup(page => page.Date);
        var days = Enumerable.Range(0, count).Select(i => from.AddDays(i)).Select(date => new ReportDay(date, ReportSums.Of([.. byDate[date]]))).ToArray();
        return new Report(days, ReportSums.Of(pages), Projection.Of(days, to), await books.ReadValuesAsync(from, to), await drifting.CountAsync(from, to));
    }
}
