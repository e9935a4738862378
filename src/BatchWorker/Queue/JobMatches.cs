using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Which jobs a list shows; null members show all.</summary>
internal sealed record JobFilter
{
    public IReadOnlySet<JobState>? States { get; init; }

    public IReadOnlySet<string>? JobTypes { get; init; }

    public IReadOnlySet<Provider>? Providers { get; init; }

    /// <summary>Jobs that were ever in this batch.</summary>
    public BatchId? Batch { get; init; }
}

/// <summary>A job and its number.</summary>
internal sealed record JobAt(long Sequence, JobRecord Record);

/// <summary>Finds the jobs that a filter may mean, without walking through all there are.</summary>
internal sealed class JobMatches(LedgerStore store, Lanes lanes, BatchLedger batches, JobClaims claims)
{
    private RedisKeys Keys => store.Keys;

    /// <summary>
    /// All jobs in these stored states that match, newest first, in parts of at most a bucket; the parts are read one after the other,
    /// so that a million jobs need no more memory than a few hundred. The states of the filter are not looked at.
    /// </summary>
    public async IAsyncEnumerable<IReadOnlyList<JobAt>> WalkAsync(JobFilter filter, IReadOnlySet<JobState> states)
    {
        var wanted = await LanesAsync(filter);
        await foreach (var sequences in PartsAsync(filter, wanted, states))
        {
            var records = await JobRecords.ReadAsync(store, sequences);
            yield return
            [
                .. sequences.Zip(records)
                    .Where(job => job.Second is { } record && states.Contains(record.State) && wanted?.Contains(record.Lane) != false)
                    .Select(job => new JobAt(job.First, job.Second!)),
            ];
        }
    }

    /// <summary>Numbers of the lanes that a filter names; null for all.</summary>
    public async Task<IReadOnlySet<int>?> LanesAsync(JobFilter filter) =>
        filter.JobTypes is null && filter.Providers is null
            ? null
            : (await lanes.AllAsync())
                .Where(lane => filter.JobTypes?.Contains(lane.Value.JobType) != false && filter.Providers?.Contains(lane.Value.Provider) != false)
                .Select(lane => lane.Key).ToHashSet();

    /// <summary>Walks the buckets that may hold jobs of some lanes and stored states; null for all.</summary>
    public async Task<BucketWalk> BucketsAsync(IReadOnlySet<int>? wanted, IReadOnlySet<JobState>? states, long from) =>
        new(store.Database, Indexes(wanted, states, await lanes.AllAsync()), from);

    /// <summary>Numbers in a bucket, the newest first.</summary>
    public static IEnumerable<long> SequencesOf(long bucket) =>
        Enumerable.Range(1, RedisKeys.BucketSize).Select(slot => ((bucket + 1) * RedisKeys.BucketSize) - slot);

    /// <summary>Numbers of the jobs of a batch, the newest first: they are few, and its manifest knows them.</summary>
    public async Task<long[]> SequencesOfAsync(BatchId batch)
    {
        var sequences = new List<long>();
        if (await batches.FindAsync(batch.ToString()) is { } known)
        {
            var chunks = await Task.WhenAll(Enumerable.Range(0, known.ChunkCount).Select(chunk => claims.ManifestAsync(known.Number, chunk)));
            sequences.AddRange(chunks.SelectMany(chunk => chunk));
        }
        return [.. sequences.OrderDescending()];
    }

    private async IAsyncEnumerable<long[]> PartsAsync(JobFilter filter, IReadOnlySet<int>? wanted, IReadOnlySet<JobState> states)
    {
        if (filter.Batch is { } batch)
        {
            foreach (var part in (await SequencesOfAsync(batch)).Chunk(RedisKeys.BucketSize))
            {
                yield return part;
            }
            yield break;
        }
        var walk = await BucketsAsync(wanted, states, long.MaxValue);
        while (await walk.NextAsync() is { } bucket)
        {
            yield return [.. SequencesOf(bucket)];
        }
    }

    private RedisKey[] Indexes(IReadOnlySet<int>? wanted, IReadOnlySet<JobState>? states, IReadOnlyList<KeyValuePair<int, Lane>> all)
    {
        if (wanted is null && states is null)
        {
            return [Keys.Buckets];
        }
        var stored = states ?? Enum.GetValues<JobState>().Where(state => state != JobState.Submitted).ToHashSet();
        return [.. (wanted ?? all.Select(lane => lane.Key).ToHashSet()).SelectMany(lane => stored.Select(state => Keys.Index(lane, state)))];
    }
}
