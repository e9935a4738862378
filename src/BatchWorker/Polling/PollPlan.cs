using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>When to look again; pure.</summary>
internal static class PollPlan
{
    private const int SlowestFactor = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);
    private static readonly TimeSpan StepEvery = TimeSpan.FromMinutes(10);

    /// <summary>Listings that must have been empty, at least, before a create call counts as absent.</summary>
    public const int EmptyListings = 3;

    /// <summary>The interval; after an hour without change it grows, to ten times at most.</summary>
    public static TimeSpan Interval(BatchRecord batch, DateTimeOffset now, TimeSpan interval)
    {
        var quiet = now - (batch.ProgressAt ?? batch.SubmittedAt ?? batch.CreatedAt) - Patience;
        return quiet <= TimeSpan.Zero ? interval : interval * Math.Min(SlowestFactor, 1 + (quiet / StepEvery));
    }

    /// <summary>The first listing is at once, the others are spread over the grace.</summary>
    public static DateTimeOffset NextListing(SubmitIntent intent, DateTimeOffset now, TimeSpan grace)
    {
        var end = DoubtedAt(intent) + grace;
        var next = now + Max(grace / (EmptyListings + 1), TimeSpan.FromMilliseconds(100));
        return now < end && next > end ? end : next;
    }

    /// <summary>Whether a listing that has just been found empty proves that the call did not arrive.</summary>
    public static bool IsProvenAbsent(SubmitIntent intent, int emptyListings, DateTimeOffset listedAt, TimeSpan grace) =>
        emptyListings >= EmptyListings && listedAt >= DoubtedAt(intent) + grace;

    private static DateTimeOffset DoubtedAt(SubmitIntent intent) => intent.DoubtedAt ?? intent.At;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
