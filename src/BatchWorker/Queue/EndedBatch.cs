using System.Globalization;
using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>An ended batch in one word: its number and how it ended.</summary>
internal static class EndedBatch
{
    public static string NameOf(long number, BatchState state) => string.Create(CultureInfo.InvariantCulture, $"{number}:{(int)state}");

    public static BatchState StateOf(string name) => (BatchState)int.Parse(name.AsSpan(name.IndexOf(':', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
}
