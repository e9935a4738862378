using System.Globalization;
using BatchWorker.Lifecycle;

namespace BatchWorker.Monitoring;

/// <summary>What a month and a year save if they are like the days behind it.</summary>
/// <param name="From">First day that it is made from.</param>
/// <param name="To">Last day that it is made from.</param>
/// <param name="RealtimePerDay">USD at the real-time price, on average.</param>
/// <param name="BatchPerDay">USD paid, on average.</param>
internal sealed record Projection(DateOnly From, DateOnly To, decimal RealtimePerDay, decimal BatchPerDay)
{
    private const int DaysPerMonth = 30;
    private const int MonthsPerYear = 12;
    private const int Digits = 12;

    public int Days => To.DayNumber - From.DayNumber + 1;

    public decimal SavedPerDay => RealtimePerDay - BatchPerDay;

    public decimal SavedPerMonth => SavedPerDay * DaysPerMonth;

    public decimal SavedPerYear => SavedPerMonth * MonthsPerYear;

    /// <summary>Where it comes from, in words.</summary>
    public string Basis => string.Create(
        CultureInfo.InvariantCulture,
        $"The average of {Days} UTC {(Days == 1 ? "day" : "days")}, {From:yyyy-MM-dd} to {To:yyyy-MM-dd}, settled answers with a known price; a month has {DaysPerMonth} days, a year {MonthsPerYear} months.");

    /// <summary>From the whole days since the first one with a cost; from today when there is no other. Null without any cost.</summary>
    public static Projection? Of(IReadOnlyList<ReportDay> days, DateOnly today)
    {
        var known = days.SkipWhile(day => day.Sums.Amounts.RealtimePico == 0).ToArray();
        var basis = known.Where(day => day.Date < today).ToArray() is { Length: > 0 } whole ? whole : known;
        return basis.Length == 0 ? null : new Projection(
            basis[0].Date,
            basis[^1].Date,
            PerDay(basis.Sum(day => day.Sums.Amounts.RealtimePico), basis.Length),
            PerDay(basis.Sum(day => day.Sums.Amounts.BatchPico), basis.Length));
    }

    private static decimal PerDay(decimal pico, int days) => Math.Round(PicoUsd.ToUsd(pico) / days, Digits);
}
