using System.Globalization;

namespace BatchWorker.Queue;

/// <summary>Numbers of jobs that no job has, see <see cref="LedgerFields.Skipped"/>.</summary>
internal sealed record SkippedNumbers(IReadOnlyList<(long First, long Last)> Ranges)
{
    public static SkippedNumbers Parse(string? stored) => new([.. (stored ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Range)]);

    public bool Contain(long sequence) => Ranges.Any(range => sequence >= range.First && sequence <= range.Last);

    private static (long First, long Last) Range(string text)
    {
        var parts = text.Split('-');
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
