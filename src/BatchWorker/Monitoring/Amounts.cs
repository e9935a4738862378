using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Monitoring;

/// <summary>What answers cost, or would have.</summary>
/// <param name="RealtimePico">Pico-USD at the real-time price.</param>
/// <param name="BatchPico">Pico-USD paid.</param>
/// <param name="Answers">Answers.</param>
/// <param name="Unpriced">Of these, answers whose price is unknown: they are in neither sum.</param>
internal sealed record Amounts(decimal RealtimePico, decimal BatchPico, long Answers, long Unpriced)
{
    public static Amounts None { get; } = new(0, 0, 0, 0);

    /// <summary>USD; null when there are answers and none of them has a price.</summary>
    public decimal? Realtime => Shown(RealtimePico);

    /// <inheritdoc cref="Realtime"/>
    public decimal? Batch => Shown(BatchPico);

    /// <inheritdoc cref="Realtime"/>
    public decimal? Saved => Shown(RealtimePico - BatchPico);

    /// <summary>Null when nothing would have cost anything.</summary>
    public decimal? SavedPercent => RealtimePico == 0 ? null : Math.Round(100 * (RealtimePico - BatchPico) / RealtimePico, 4);

    public static Amounts Of(IEnumerable<LaneDay> days) => days.Aggregate(None, (sum, day) => sum.Plus(Of(day.Sum)));

    private static Amounts Of(DayTotals totals) => new(totals.RealtimePico, totals.BatchPico, totals.Succeeded, totals.Unpriced);

    private Amounts Plus(Amounts other) => new(RealtimePico + other.RealtimePico, BatchPico + other.BatchPico, Answers + other.Answers, Unpriced + other.Unpriced);

    private decimal? Shown(decimal pico) => Answers > 0 && Unpriced == Answers ? null : PicoUsd.ToUsd(pico);
}
