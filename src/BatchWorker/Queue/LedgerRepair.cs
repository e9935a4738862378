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
        var placed = 0;
        for (var from = whole + 1; from <= last; from += RedisKeys.ChunkSize)
        {
            placed += await PlaceAsync(from, Math.Min(from + RedisKeys.ChunkSize - 1, last));
        }
        await store.Begin()
            .Expect(Keys.Meta, LedgerFields.Whole, meta[0].HasValue ? meta[0] : RedisValue.EmptyString)
            .Write("HSET", Keys.Meta, LedgerFields.Whole, last)
            .CommitAsync();
        Log.AcceptanceFinished(logger, placed, whole + 1, last);
        return placed;
    }

    private async Task<int> PlaceAsync(long from, long to)
    {
        var sequences = Enumerable.Range(0, (int)(to - from) + 1).Select(i => from + i).ToArray();
        var jobs = await JobRecords.ReadAsync(store, sequences);
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
