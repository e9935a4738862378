using System.Globalization;
using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>The arguments of one call of the enqueue script and the reading of its answer.</summary>
internal sealed class EnqueueCall(LedgerStore store, IdempotencyKeys idempotency, NewJob[] jobs)
{
    public const int Alone = -1;
    public const int Conflicting = -2;
    private const int MaxShards = 3;
    private const int FixedArguments = 8;
    private const int ArgumentsPerJob = 12;

    private readonly long[] _tails = [.. jobs.Select(_ => RandomTail.Next())];
    private readonly List<int> _lanes = [];
    private readonly int[] _laneOf = new int[jobs.Length];
    private RedisValue[]? _arguments;
    private List<RedisKey>? _shards;

    public int Count => jobs.Length;

    /// <summary>False when a new lane would be one too many.</summary>
    public async Task<bool> NumberLanesAsync(Lanes lanes)
    {
        for (var i = 0; i < jobs.Length; i++)
        {
            if (await lanes.NumberOfAsync(jobs[i].Lane) is not { } number)
            {
                return false;
            }
            if (!_lanes.Contains(number))
            {
                _lanes.Add(number);
            }
            _laneOf[i] = number;
        }
        return true;
    }

    public Task<RedisResult> SendAsync(long lastSequence, int spareBuckets, bool allOrNothing)
    {
        var first = JobSlots.BucketOf(lastSequence + 1);
        var width = (int)(JobSlots.BucketOf(lastSequence + jobs.Length) - first) + 1 + spareBuckets;
        _arguments ??= BuildArguments();
        _arguments[0] = store.ScriptTime;
        _arguments[2] = allOrNothing ? "all" : "each";
        _arguments[3] = first;
        _arguments[4] = width;
        return store.EnqueueAsync(KeysOf(first, width), _arguments);
    }

    public EnqueuedJob[] Read(ReadOnlySpan<RedisResult> answers, long first, long createdMs)
    {
        var results = new EnqueuedJob[jobs.Length];
        for (var i = 0; i < results.Length; i++)
        {
            var remembered = (byte[])answers[i]!;
            results[i] = remembered.Length switch
            {
                0 when first == 0 => default,
                0 => new EnqueuedJob(new JobId(new Ulid(createdMs, first++, _tails[i])), Duplicate: false),
                1 => new EnqueuedJob(null, Duplicate: false, Conflict: true),
                _ => new EnqueuedJob(IdempotencyKeys.JobIn(remembered), Duplicate: true),
            };
        }
        return results;
    }

    private RedisKey[] KeysOf(long first, int width)
    {
        var keys = store.Keys;
        var all = new List<RedisKey>(5 + 3 * width + 3 * _lanes.Count + _shards!.Count)
        {
            keys.Lock, keys.Meta, keys.Buckets, keys.Delayed, keys.Deadlines,
        };
        for (var bucket = first; bucket < first + width; bucket++)
        {
            all.Add(keys.States(bucket));
            all.Add(keys.Requests(bucket));
            all.Add(keys.Metadata(bucket));
        }
        foreach (var lane in _lanes)
        {
            all.Add(keys.Waiting(lane));
            all.Add(keys.Later(lane));
            all.Add(keys.Index(lane, JobState.Queued));
        }
        all.AddRange(_shards);
        return [.. all];
    }

    private RedisValue[] BuildArguments()
    {
        var arguments = new RedisValue[FixedArguments + ArgumentsPerJob * jobs.Length];
        arguments[1] = store.Options.MaxQueued;
        arguments[5] = _lanes.Count;
        arguments[6] = jobs.Length;
        arguments[7] = (long)idempotency.TimeToLive.TotalSeconds;
        var shards = new Dictionary<RedisKey, int>();
        for (var i = 0; i < jobs.Length; i++)
        {
            Describe(i, arguments.AsSpan(FixedArguments + ArgumentsPerJob * i, ArgumentsPerJob), shards);
        }
        _shards = [.. shards.OrderBy(shard => shard.Value).Select(shard => shard.Key)];
        return arguments;
    }

    private void Describe(int i, Span<RedisValue> target, Dictionary<RedisKey, int> shards)
    {
        var job = jobs[i];
        target[0] = _lanes.IndexOf(_laneOf[i]) + 1;
        target[1] = RecordOf(i).Pack().AsMemory(JobRecord.CreatedBytes);
        target[2] = RequestCodec.Encode(new StoredRequest(job.Data, job.Idempotency));
        target[3] = JobRecord.Place(job.Priority, 0).ToString("F0", CultureInfo.InvariantCulture);
        target[4] = job.NotBefore is { } later && later > store.Now ? later.ToUnixTimeMilliseconds() : RedisValue.EmptyString;
        target[5] = job.Deadline is { } deadline ? deadline.ToUnixTimeMilliseconds() : RedisValue.EmptyString;
        target[6] = job.Idempotency is { } mark ? IdempotencyKeys.FieldOf(mark) : RedisValue.EmptyString;
        target[7] = job.Idempotency is { } same ? same.Content : RedisValue.EmptyString;
        target[8..11].Fill(0);
        target[11] = new JobNotes(job.Metadata, job.CallbackUrl).Pack();
        if (job.Idempotency is not null)
        {
            var candidates = idempotency.ShardsOf(job.Idempotency, store.Now);
            for (var s = 0; s < Math.Min(candidates.Length, MaxShards); s++)
            {
                target[8 + s] = shards.TryGetValue(candidates[s], out var number) ? number : shards[candidates[s]] = shards.Count + 1;
            }
        }
    }

    private JobRecord RecordOf(int i)
    {
        var job = jobs[i];
        var delayed = job.NotBefore is { } later && later > store.Now;
        return new JobRecord
        {
            State = JobState.Queued,
            Flags = delayed ? JobFlags.Delayed : JobFlags.None,
            Lane = _laneOf[i],
            Priority = job.Priority,
            MaxAttempts = job.MaxAttempts,
            Tail = _tails[i],
            DataSize = job.Data.Length,
            InputUnits = job.InputUnits,
            ChangedMs = store.NowMs,
            DueMs = delayed ? job.NotBefore!.Value.ToUnixTimeMilliseconds() : 0,
            DeadlineMs = job.Deadline?.ToUnixTimeMilliseconds() ?? 0,
            Callback = job.CallbackUrl is { } url ? CallbackMark.Of(url) : null,
        };
    }
}
