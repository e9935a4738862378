namespace BatchWorker.Queue;

/// <summary>
/// How long jobs took from acceptance to their answer, in buckets whose width grows with the time.
/// Kept as pairs of bucket and count, in order; null for none.
/// </summary>
internal static class WaitHistogram
{
    /// <summary>Each bucket ends so many times later than the one before. The middle of a bucket is at most 4.5 % from any time in it.</summary>
    public static readonly double Growth = Math.Pow(2, 0.125);

    /// <summary>The first bucket holds everything up to a second.</summary>
    private const double FirstMs = 1000;
    private const int LastBucket = 180; // 69 days

    /// <summary>Adds waits in milliseconds.</summary>
    public static IReadOnlyList<long>? Add(IReadOnlyList<long>? pairs, IEnumerable<long> waitsMs)
    {
        var counts = Read(pairs);
        foreach (var wait in waitsMs)
        {
            Count(counts, BucketOf(wait), 1);
        }
        return Write(counts);
    }

    /// <summary>One histogram and another, which is taken away when <paramref name="sign"/> is -1.</summary>
    public static IReadOnlyList<long>? Merge(IReadOnlyList<long>? pairs, IReadOnlyList<long>? others, int sign = 1)
    {
        if (others is null)
        {
            return pairs;
        }
        var counts = Read(pairs);
        foreach (var other in Read(others))
        {
            Count(counts, other.Key, sign * other.Value);
        }
        return Write(counts);
    }

    /// <summary>The time that this share of the jobs stayed below, in milliseconds, give or take 4.5 %; null without any job.</summary>
    public static double? Quantile(IReadOnlyList<long>? pairs, double share)
    {
        var counts = Read(pairs);
        var left = Math.Max(1, (long)Math.Ceiling(counts.Values.Sum() * share));
        foreach (var (bucket, count) in counts)
        {
            left -= count;
            if (left <= 0)
            {
                return bucket == 0 ? FirstMs / 2 : FirstMs * Math.Pow(Growth, bucket - 0.5);
            }
        }
        return null;
    }

    private static int BucketOf(long waitMs) =>
        waitMs <= FirstMs ? 0 : Math.Min(LastBucket, (int)Math.Ceiling(Math.Log(waitMs / FirstMs) / Math.Log(Growth)));

    private static void Count(SortedDictionary<int, long> counts, int bucket, long more) => counts[bucket] = counts.GetValueOrDefault(bucket) + more;

    private static SortedDictionary<int, long> Read(IReadOnlyList<long>? pairs)
    {
        var counts = new SortedDictionary<int, long>();
        for (var at = 0; at < (pairs?.Count ?? 0); at += 2)
        {
            counts[(int)pairs![at]] = pairs[at + 1];
        }
        return counts;
    }

    private static long[]? Write(SortedDictionary<int, long> counts)
    {
        var pairs = counts.Where(count => count.Value != 0).SelectMany(count => new[] { count.Key, count.Value }).ToArray();
        return pairs.Length == 0 ? null : pairs;
    }
}
