using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Holds the jobs of a bucket against <see cref="JobRules"/>; reads only, while everything goes on.</summary>
internal sealed class JobAudit(LedgerStore store, BatchLedger batches, JobClaims claims, Settlements settlements)
{
    private RedisKeys Keys => store.Keys;

    /// <summary>
    /// What is wrong with the jobs of a bucket. A job whose state changed while its facts were read is passed over: they may be of different moments.
    /// </summary>
    /// <param name="bucket">Which bucket.</param>
    /// <param name="seen">Told of the jobs.</param>
    public async Task<IReadOnlyList<Violation>> CheckAsync(long bucket, Action<JobRecord>? seen = null)
    {
        var first = bucket * RedisKeys.BucketSize;
        long[] sequences = [.. Enumerable.Range(0, RedisKeys.BucketSize).Select(slot => first + slot)];
        var whole = (long)await store.Database.HashGetAsync(Keys.Meta, LedgerFields.Whole);
        var before = await JobRecords.ReadAsync(store, sequences);
        var facts = await FactsAsync(bucket, [.. sequences.Zip(before).Where(job => job.Second is not null).Select(job => new JobFacts(job.First, job.Second!) { IsFresh = job.First > whole })]);
        var listed = await store.Database.SortedSetScoreAsync(Keys.Buckets, bucket) is not null;
        var after = await JobRecords.ReadAsync(store, sequences);
        foreach (var record in after.OfType<JobRecord>())
        {
            seen?.Invoke(record);
        }
        var absent = sequences.Where((sequence, i) => listed && sequence > 0 && sequence <= whole && before[i] is null && after[i] is null).ToArray();
        var lost = (await WithoutHolesAsync(absent))
            .Select(sequence => new Violation(Invariants.NothingLost, $"job number {sequence}", "was accepted and is not there"));
        var hidden = listed || facts.All(job => job.IsFresh) ? [] : new[] { new Violation(Invariants.Reach, $"bucket {bucket}", "holds jobs and no list finds it") };
        var same = facts.Where(job => after[job.Sequence - first] == job.Job);
        return [.. lost, .. hidden, .. same.SelectMany(job => JobRules.Broken(job, leftovers: !store.Options.CutsScripts))];
    }

    /// <summary>Numbers that had a job: those of an acceptance that was cut off are written down.</summary>
    private async Task<IEnumerable<long>> WithoutHolesAsync(long[] sequences)
    {
        var holes = sequences.Length == 0 ? [] : await store.Database.SortedSetScoresAsync(Keys.Holes, Array.ConvertAll(sequences, sequence => (RedisValue)sequence));
        return sequences.Where((_, i) => holes[i] is null);
    }

    private async Task<JobFacts[]> FactsAsync(long bucket, JobFacts[] jobs)
    {
        var requests = (await store.Database.HashKeysAsync(Keys.Requests(bucket))).Select(slot => (long)slot).ToHashSet();
        var (due, delayed) = (await ScoresAsync(Keys.Due, jobs), await ScoresAsync(Keys.Delayed, jobs));
        var (deadlines, dead) = (await ScoresAsync(Keys.Deadlines, jobs), await ScoresAsync(Keys.Dead, jobs));
        var (waiting, later) = (await ScoresByLaneAsync(Keys.Waiting, jobs), await ScoresByLaneAsync(Keys.Later, jobs));
        var indexed = await IndexesAsync(bucket, jobs);
        var places = await PlacesAsync(jobs);
        var untold = await UntoldAsync(bucket, [.. jobs.Where(job => job.Job is { Callback: not null } ended && ended.State.HasEnded())]);
        return
        [
            .. jobs.Select((job, i) => job with
            {
                Waiting = waiting.GetValueOrDefault(job.Sequence),
                Later = later.GetValueOrDefault(job.Sequence),
                Due = due[i],
                Delayed = delayed[i],
                Deadline = deadlines[i],
                Dead = dead[i],
                HasRequest = requests.Contains(job.Sequence % RedisKeys.BucketSize),
                IsIndexed = indexed.Contains((job.Job.Lane, job.Job.State)),
                Place = places.GetValueOrDefault(job.Sequence),
                IsTold = !untold.Contains(job.Sequence),
            }),
        ];
    }

    private async Task<double?[]> ScoresAsync(RedisKey set, IEnumerable<JobFacts> jobs) =>
        jobs.Select(job => JobSlots.MemberOf(job.Sequence)).ToArray() is { Length: > 0 } members ? await store.Database.SortedSetScoresAsync(set, members) : [];

    private async Task<Dictionary<long, double?>> ScoresByLaneAsync(Func<int, RedisKey> queue, JobFacts[] jobs)
    {
        var scores = new Dictionary<long, double?>();
        foreach (var lane in jobs.GroupBy(job => job.Job.Lane))
        {
            foreach (var (job, score) in lane.Zip(await ScoresAsync(queue(lane.Key), lane)))
            {
                scores[job.Sequence] = score;
            }
        }
        return scores;
    }

    private async Task<HashSet<(int Lane, JobState State)>> IndexesAsync(long bucket, JobFacts[] jobs)
    {
        var wanted = jobs.Select(job => (job.Job.Lane, job.Job.State)).Distinct().ToArray();
        var scores = await Task.WhenAll(wanted.Select(index => store.Database.SortedSetScoreAsync(Keys.Index(index.Lane, index.State), bucket)));
        return [.. wanted.Where((_, i) => scores[i] is not null)];
    }

    /// <summary>Jobs whose end is still to be told and that whoever delivers would not find.</summary>
    private async Task<HashSet<long>> UntoldAsync(long bucket, JobFacts[] ended)
    {
        var pending = new List<JobFacts>();
        foreach (var job in ended)
        {
            var stored = await store.Database.HashGetAsync(Keys.Deliveries(bucket), JobSlots.SlotOf(job.Sequence));
            var delivery = stored.HasValue ? Delivery.Unpack(((ReadOnlyMemory<byte>)stored).Span) : null;
            if (delivery is null || delivery.State == DeliveryState.Pending || delivery.Event != job.Job.Callback!.Value.Ends)
            {
                pending.Add(job);
            }
        }
        var found = await ScoresAsync(Keys.PendingCallbacks, pending);
        var queued = await Task.WhenAll(pending.Select(job => store.Database.SortedSetScoreAsync(Keys.CallbackQueue(job.Job.Callback!.Value.Host), JobSlots.MemberOf(job.Sequence))));
        return [.. pending.Where((_, i) => found[i] is null || queued[i] is null).Select(job => job.Sequence)];
    }

    /// <summary>What the batches have where jobs say that they are or ended.</summary>
    private async Task<Dictionary<long, BatchPlace>> PlacesAsync(JobFacts[] jobs)
    {
        var places = new Dictionary<long, BatchPlace>();
        var inside = jobs.Where(job => job.Job.State == JobState.Batched || job.Job.Has(JobFlags.EndedInBatch));
        foreach (var chunk in inside.GroupBy(job => (job.Job.Batch, Chunk: job.Job.Position / RedisKeys.ChunkSize)))
        {
            var batch = await batches.ReadAsync(chunk.Key.Batch);
            var manifest = await claims.ManifestAsync(chunk.Key.Batch, chunk.Key.Chunk);
            var outcomes = await settlements.OutcomesAsync(chunk.Key.Batch, chunk.Key.Chunk);
            foreach (var job in chunk)
            {
                var at = job.Job.Position % RedisKeys.ChunkSize;
                var outcome = outcomes.ElementAtOrDefault(at);
                places[job.Sequence] = new BatchPlace(batch, at < manifest.Count ? manifest[at] : null, outcome?.Settlement <= batch?.Settlements ? outcome : null);
            }
        }
        return places;
    }
}
