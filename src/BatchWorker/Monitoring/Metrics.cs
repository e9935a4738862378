using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Monitoring;

/// <summary>The key figures of some days.</summary>
/// <param name="SavingsPercent">Saved of what real-time calls would have cost; null without any cost.</param>
/// <param name="BatchSuccessPercent">Completed of the batches that completed, failed or expired; null without any.</param>
/// <param name="MedianHours">Half of the succeeded jobs took less from acceptance to their answer; give or take 4.5 %.</param>
/// <param name="NinetyFifthHours">The same for 95 % of them.</param>
/// <param name="CoveragePercent">Jobs of jobs and real-time calls; null until such calls are reported.</param>
internal sealed record KeyFigures(decimal? SavingsPercent, decimal? BatchSuccessPercent, double? MedianHours, double? NinetyFifthHours, decimal? CoveragePercent)
{
    private const double HourMs = 3_600_000;

    public static KeyFigures Of(IReadOnlyCollection<LaneDay> days, long? realtimeCalls)
    {
        var completed = days.Sum(day => (long)day.Sum.BatchesCompleted);
        var lost = days.Sum(day => (long)day.Sum.BatchesFailed + day.Sum.BatchesExpired);
        var waits = days.Aggregate((IReadOnlyList<long>?)null, (sum, day) => WaitHistogram.Merge(sum, day.Sum.Waits));
        var jobs = days.Sum(day => day.Accepted);
        return new KeyFigures(
            Amounts.Of(days).SavedPercent, Percent(completed, completed + lost), Hours(waits, 0.5), Hours(waits, 0.95),
            realtimeCalls is { } calls ? Percent(jobs, jobs + calls) : null);
    }

    private static double? Hours(IReadOnlyList<long>? waits, double share) => WaitHistogram.Quantile(waits, share) is { } ms ? Math.Round(ms / HourMs, 4) : null;

    private static decimal? Percent(long part, long whole) => whole == 0 ? null : Math.Round(100m * part / whole, 4);
}

/// <summary>What is, what was, and the key figures of the last days.</summary>
/// <param name="Queued">Jobs that wait.</param>
/// <param name="ActiveBatches">Batches that have not ended.</param>
/// <param name="Days">All pages of the books.</param>
/// <param name="KeyFigures">Of the last <see cref="MetricsReader.Window"/> days.</param>
internal sealed record Metrics(long Queued, int ActiveBatches, IReadOnlyList<LaneDay> Days, KeyFigures KeyFigures);

/// <summary>Reads them.</summary>
internal sealed class MetricsReader(DayLedger books, QueueCounts counts, BatchLedger batches, RealtimeCalls calls)
{
    /// <summary>Days of the key figures, today included.</summary>
    public const int Window = 30;

    /// <param name="jobType">Only jobs of this type; null for all.</param>
    public async Task<Metrics> ReadAsync(string? jobType)
    {
        var today = books.Today;
        var from = today.AddDays(1 - Window);
        var days = (await books.ReadAsync()).Where(day => Is(day.Lane)).ToArray();
        var recent = days.Where(day => day.Date >= from && day.Date <= today).ToArray();
        return new Metrics(
            (await counts.CountAsync()).Lanes.Where(lane => Is(lane.Lane)).Sum(lane => lane.Total),
            (await batches.OpenBatchesAsync()).Count(batch => Is(batch.Record.Lane)),
            days,
            KeyFigures.Of(recent, await calls.CountAsync(from, today, jobType)));

        bool Is(Lane lane) => jobType is null || lane.JobType == jobType;
    }
}
