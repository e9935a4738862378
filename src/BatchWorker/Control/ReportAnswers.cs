using System.Globalization;
using BatchWorker.Lifecycle;
using BatchWorker.Monitoring;

namespace BatchWorker.Control;

/// <summary>UTC days from one to another, both included.</summary>
/// <param name="From">First day.</param>
/// <param name="To">Last day: today.</param>
/// <param name="Days">Every day of them.</param>
/// <param name="Totals">Their sum.</param>
/// <param name="Projection">Where it leads; null without any cost.</param>
/// <param name="ByMetadata">Costs by the keys of <c>BATCH_COST_KEYS</c> and their values.</param>
/// <param name="DriftingBatches">Batches that ended in these days and whose books differ from what their provider says of them.</param>
internal sealed record ReportAnswer(
    string From, string To, IReadOnlyList<ReportDayAnswer> Days, ReportTotalsAnswer Totals, ProjectionAnswer? Projection,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, ValueAnswer>> ByMetadata, long DriftingBatches)
{
    public static ReportAnswer Of(Report report) => new(
        Word(report.From), Word(report.To), [.. report.Days.Select(ReportDayAnswer.Of)], ReportTotalsAnswer.Of(report.Totals),
        report.Projection is { } projection ? ProjectionAnswer.Of(projection) : null,
        report.ByValue.All.GroupBy(sum => sum.Key).ToDictionary(
            key => key.Key,
            key => (IReadOnlyDictionary<string, ValueAnswer>)key.ToDictionary(sum => sum.Value, sum => ValueAnswer.Of(sum.Totals))),
        report.Drifting);

    public static string Word(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>A UTC day: jobs by acceptance, the rest by end; USD, null where no answer of the day has a known price.</summary>
internal sealed record ReportDayAnswer(string Date, long Jobs, long Succeeded, long Failed, long Batches, decimal? RealtimeCost, decimal? BatchCost, decimal? Saved)
{
    public static ReportDayAnswer Of(ReportDay day)
    {
        var (jobs, succeeded, failed, batches, amounts) = day.Sums;
        return new ReportDayAnswer(ReportAnswer.Word(day.Date), jobs, succeeded, failed, batches, amounts.Realtime, amounts.Batch, amounts.Saved);
    }
}

/// <summary>What the days add up to.</summary>
internal sealed record ReportTotalsAnswer(long Jobs, long Succeeded, long Failed, long Batches, decimal? RealtimeCost, decimal? BatchCost, decimal? Saved, decimal? SavedPercent, long UnpricedJobs)
{
    public static ReportTotalsAnswer Of(ReportSums sums)
    {
        var (jobs, succeeded, failed, batches, amounts) = sums;
        return new ReportTotalsAnswer(jobs, succeeded, failed, batches, amounts.Realtime, amounts.Batch, amounts.Saved, amounts.SavedPercent, amounts.Unpriced);
    }
}

/// <summary>What a month of 30 days and a year of 12 such months save if they are like the days from <c>from</c> to <c>to</c>; <c>basis</c> says it in words.</summary>
internal sealed record ProjectionAnswer(
    string From, string To, int Days, decimal RealtimeCostPerDay, decimal BatchCostPerDay, decimal SavedPerDay, decimal SavedPerMonth, decimal SavedPerYear, string Basis)
{
    public static ProjectionAnswer Of(Projection projection) => new(
        ReportAnswer.Word(projection.From), ReportAnswer.Word(projection.To), projection.Days,
        projection.RealtimePerDay, projection.BatchPerDay, projection.SavedPerDay, projection.SavedPerMonth, projection.SavedPerYear, projection.Basis);
}

/// <summary>What the jobs with one value cost, in USD.</summary>
internal sealed record ValueAnswer(int Jobs, int UnpricedJobs, decimal RealtimeCost, decimal BatchCost, decimal Saved)
{
    public static ValueAnswer Of(Queue.ValueTotals totals) => new(
        totals.Jobs, totals.Unpriced, PicoUsd.ToUsd(totals.RealtimePico), PicoUsd.ToUsd(totals.BatchPico), PicoUsd.ToUsd(totals.RealtimePico - totals.BatchPico));
}
