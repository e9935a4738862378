using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// The verb expire: jobs go with all that is known of them, a bucket of 256 at a time, once the last of them has been ended for long enough.
/// One that still waits keeps its neighbours.
/// </summary>
internal sealed class JobRetention(LedgerStore store)
{
    /// <summary>Buckets looked at in one go: 16,384 jobs.</summary>
    private const int MostBuckets = 64;

    private static readonly RedisValue[] s_slots = [.. Enumerable.Range(0, RedisKeys.BucketSize).Select(slot => (RedisValue)slot)];
    private static readonly JobState[] s_stored = [.. Enum.GetValues<JobState>().Where(state => state != JobState.Submitted)];
    private readonly AgeWalk _walk = new(store, store.Keys.Buckets, MostBuckets);

    private RedisKeys Keys => store.Keys;

    /// <summary>Looks at some of the oldest buckets; answers how many were dropped.</summary>
    public Task<int> DropAsync(DateTimeOffset endedBefore) => _walk.GoOnAsync(bucket => LookAsync(bucket, endedBefore.ToUnixTimeMilliseconds()));

    private async Task<Aged> LookAsync(long bucket, long before)
    {
        var first = bucket * RedisKeys.BucketSize;
        var records = await JobRecords.ReadAsync(store, [.. Enumerable.Range(0, RedisKeys.BucketSize).Select(slot => first + slot)]);
        var jobs = records.OfType<JobRecord>().ToArray();
        if (jobs.Any(job => job.CreatedMs > before))
        {
            return Aged.TooYoung;
        }
        return jobs.All(job => job.State.HasEnded() && job.ChangedMs <= before) && (await Drop(bucket, records).CommitAsync()).Length == 0
            ? Aged.Dropped
            : Aged.Kept;
    }

    /// <summary>The states go last but one: they say what else there is to drop, should this be cut off.</summary>
    private LedgerTransaction Drop(long bucket, JobRecord?[] records)
    {
        var drop = store.Begin().Expect(Keys.States(bucket), s_slots, [.. records.Select(record => record?.Pack() ?? RedisValue.EmptyString)]);
        var dead = records.Index().Where(job => job.Item?.State == JobState.Failed).Select(job => JobSlots.MemberOf((bucket * RedisKeys.BucketSize) + job.Index)).ToArray();
        if (dead.Length > 0)
        {
            drop.Write("ZREM", Keys.Dead, dead);
        }
        var told = records.Index().Where(job => job.Item?.Callback is not null).ToArray();
        if (told.Length > 0)
        {
            CallbackOutbox.Remove(drop, Keys, told.Select(job => new CallbackEvent(new CallbackSubject((bucket * RedisKeys.BucketSize) + job.Index), job.Item!.Callback!.Value.Host, 0)));
            drop.Write("UNLINK", Keys.Deliveries(bucket));
        }
        drop.Write("UNLINK", Keys.Requests(bucket)).Write("UNLINK", Keys.Metadata(bucket)).Write("UNLINK", Keys.History(bucket));
        foreach (var lane in records.OfType<JobRecord>().Select(job => job.Lane).Distinct())
        {
            foreach (var state in s_stored)
            {
                drop.Write("ZREM", Keys.Index(lane, state), bucket);
            }
        }
        return drop.Write("UNLINK", Keys.States(bucket)).Write("ZREM", Keys.Buckets, bucket);
    }
}
