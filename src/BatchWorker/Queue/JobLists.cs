using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>A part of a list.</summary>
/// <param name="Jobs">Newest first; may be fewer than asked for, even none, while there is more.</param>
/// <param name="Next">Number below which the list goes on; null at its end.</param>
internal sealed record JobPage(IReadOnlyList<JobView> Jobs, long? Next);

/// <summary>Lists jobs from the newest down by their number, so that the order never changes and none is shown twice.</summary>
internal sealed class JobLists(LedgerStore store, JobMatches matches, JobQueries queries)
{
    /// <summary>Buckets read for one page at most: a filter that matches next to nothing must not hold a caller for long.</summary>
    private const int MostBuckets = 64;

    /// <summary>Buckets asked for at once at most: where little matches, many are read without waiting for each.</summary>
    private const int MostAtOnce = 16;

    /// <summary>Jobs of a batch read for one page at most; they may lie in as many buckets.</summary>
    private const int MostOfBatch = 4 * RedisKeys.ChunkSize;

    /// <summary>Jobs with numbers below <paramref name="below"/>.</summary>
    public async Task<JobPage> PageAsync(JobFilter filter, long below, int limit)
    {
        var wanted = await matches.LanesAsync(filter);
        return filter.Batch is { } batch
            ? await PageOfBatchAsync(filter, wanted, batch, below, limit)
            : await PageOfBucketsAsync(filter, wanted, below, limit);
    }

    private async Task<JobPage> PageOfBucketsAsync(JobFilter filter, IReadOnlySet<int>? wanted, long below, int limit)
    {
        var walk = await matches.BucketsAsync(wanted, StoredStates(filter), JobSlots.BucketOf(below - 1));
        var found = new List<JobView>();
        long? last = null;
        var atOnce = 1 + (limit / RedisKeys.BucketSize);
        for (var read = 0; read < MostBuckets && found.Count < limit; read += atOnce, atOnce = Math.Min(2 * atOnce, MostAtOnce))
        {
            var buckets = await walk.NextAsync(Math.Min(atOnce, MostBuckets - read));
            if (buckets.Count == 0)
            {
                return new JobPage(found, null);
            }
            (last, var page) = await TakeAsync(filter, wanted, [.. buckets.SelectMany(JobMatches.SequencesOf).Where(sequence => sequence < below)], limit - found.Count);
            found.AddRange(page);
            last ??= buckets[^1] * RedisKeys.BucketSize;
        }
        return new JobPage(found, last);
    }

    private async Task<JobPage> PageOfBatchAsync(JobFilter filter, IReadOnlySet<int>? wanted, BatchId batch, long below, int limit)
    {
        var rest = (await matches.SequencesOfAsync(batch)).Where(sequence => sequence < below).ToArray();
        var found = new List<JobView>();
        foreach (var part in rest.Take(MostOfBatch).Chunk(RedisKeys.BucketSize))
        {
            var (last, page) = await TakeAsync(filter, wanted, part, limit - found.Count);
            found.AddRange(page);
            if (last is not null)
            {
                return new JobPage(found, last == rest[^1] ? null : last);
            }
        }
        return new JobPage(found, rest.Length > MostOfBatch ? rest[MostOfBatch - 1] : null);
    }

    /// <summary>Views of those that match, and the last number looked at when the limit was reached before the end.</summary>
    private async Task<(long? Last, IReadOnlyList<JobView> Views)> TakeAsync(JobFilter filter, IReadOnlySet<int>? wanted, long[] sequences, int limit)
    {
        var records = await JobRecords.ReadAsync(store, sequences);
        var places = Enumerable.Range(0, sequences.Length)
            .Where(i => records[i] is { } record && wanted?.Contains(record.Lane) != false && StoredStates(filter)?.Contains(record.State) != false)
            .ToArray();
        var matching = new List<JobView>();
        foreach (var part in places.Chunk(Math.Max(limit, RedisKeys.BucketSize)).TakeWhile(_ => matching.Count < limit))
        {
            var views = await queries.ViewAsync([.. part.Select(i => sequences[i])], [.. part.Select(i => records[i]!)]);
            matching.AddRange(views.Where(view => filter.States?.Contains(view.State) != false).Take(limit - matching.Count));
        }
        return (matching.Count == limit ? matching[^1].Id.Sequence : null, matching);
    }

    /// <summary>A submitted job is stored as batched.</summary>
    private static HashSet<JobState>? StoredStates(JobFilter filter) =>
        filter.States?.Select(state => state == JobState.Submitted ? JobState.Batched : state).ToHashSet();
}
