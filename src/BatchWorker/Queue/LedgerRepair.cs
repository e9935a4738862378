using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// Finishes what a store that was cut off inside a script has left. Every other verb is finished by whoever meets its batch or job next;
/// only an acceptance leaves jobs that nobody would meet: they have a state and no place in a queue.
/// </summary>
internal sealed class LedgerRepair(LedgerStore store, ILogger<LedgerRepair> logger)
{
    private RedisKeys Keys => store.Keys;

    /// <summary>Looks behind the last whole acceptance; answers how many jobs it gave their place.</summary>
    public async Task<int> RunOnceAsync()
    {
        var meta = await store.Database.HashGetAsync(Keys.Meta, [LedgerFields.Whole, LedgerFields.Sequence]);
        var (whole, last) = ((long)meta[0], (long)meta[1]);
        if (whole == last)
        {
            return 0;
        }
        var (placed, holes) = (0, new List<long>());
        for (var from = whole + 1; from <= last; from += RedisKeys.ChunkSize)
        {
            var sequences = Enumerable.Range(0, (int)Math.Min(RedisKeys.ChunkSize, last - from + 1)).Select(i => from + i).ToArray();
            var jobs = await JobRecords.ReadAsync(store, sequences);
            placed += await PlaceAsync(sequences, jobs);
            holes.AddRange(HolesIn(sequences, jobs, [JobSlots.BucketOf(whole), JobSlots.BucketOf(last)]));
        }
        var finish = store.Begin().Expect(Keys.Meta, LedgerFields.Whole, meta[0].HasValue ? meta[0] : RedisValue.EmptyString);
        foreach (var part in holes.Chunk(RedisKeys.ChunkSize))
        {
            finish.Write("ZADD", Keys.Holes, [.. part.SelectMany(hole => new RedisValue[] { hole, hole })]);
        }
        await finish.Write("HSET", Keys.Meta, LedgerFields.Whole, last).CommitAsync();
        Log.AcceptanceFinished(logger, placed, whole + 1, last);
        return placed;
    }

    private async Task<int> PlaceAsync(long[] sequences, JobRecord?[] jobs)
    {
        var placed = 0;
        for (var i = 0; i < sequences.Length; i++)
        {
            if (jobs[i] is { State: JobState.Queued } job && (await Place(sequences[i], job).CommitAsync()).Length == 0)
            {
                placed++;
            }
        }
        return placed;
    }

    /// <summary>Numbers without a job in buckets that hold others or will: there nobody could tell them from jobs that were lost.</summary>
    private static IEnumerable<long> HolesIn(long[] sequences, JobRecord?[] jobs, HashSet<long> buckets)
    {
        buckets.UnionWith(sequences.Where((_, i) => jobs[i] is not null).Select(JobSlots.BucketOf));
        return sequences.Where((sequence, i) => jobs[i] is null && buckets.Contains(JobSlots.BucketOf(sequence)));
    }

    /// <summary>Writes what the acceptance would have written; what is there already stays as it is.</summary>
    private LedgerTransaction Place(long sequence, JobRecord job)
    {
        var member = JobSlots.MemberOf(sequence);
        var bucket = JobSlots.BucketOf(sequence);
        var place = store.Begin()
            .Expect(Keys.States(bucket), JobSlots.SlotOf(sequence), job.Pack())
            .Write("ZADD", Keys.Buckets, bucket, bucket)
            .Write("ZADD", Keys.Index(job.Lane, JobState.Queued), bucket, bucket);
        if (job.DeadlineMs != 0)
        {
            place.Write("ZADD", Keys.Deadlines, job.DeadlineMs, member);
        }
        return job.Has(JobFlags.Delayed)
            ? place.Write("ZADD", Keys.Later(job.Lane), job.PlaceOf(sequence), member).Write("ZADD", Keys.Delayed, job.DueMs, member)
            : place.Write("ZADD", Keys.Waiting(job.Lane), job.PlaceOf(sequence), member);
    }
}
