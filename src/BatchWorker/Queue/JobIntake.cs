using BatchWorker.Lifecycle;
using BatchWorker.Telemetry;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>The verb enqueue: none → queued, for one job or for a chunk.</summary>
internal sealed class JobIntake(LedgerStore store, Lanes lanes, StoreRoom room, Instruments instruments)
{
    /// <summary>Jobs in one call at most.</summary>
    public const int MaxJobs = 1000;

    /// <summary>Buckets beyond the expected ones that a call declares, so that other callers may be faster; doubled whenever they were.</summary>
    private const int SpareBuckets = 4;

    private readonly IdempotencyKeys _idempotency = new(store.Keys, store.Options.IdempotencyDays);
    private long _lastSequence;

    /// <summary>
    /// Accepts jobs; when it returns they are in the store. With <paramref name="allOrNothing"/> one key of another job refuses the call.
    /// </summary>
    public async Task<EnqueueResult> EnqueueAsync(IReadOnlyList<NewJob> jobs, bool allOrNothing)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(jobs.Count, MaxJobs);
        if (await room.IsFullAsync())
        {
            return new EnqueueResult(EnqueueRefusal.StoreFull, []);
        }
        var twins = FindTwins(jobs);
        if (allOrNothing && twins.Any(twin => twin == EnqueueCall.Conflicting))
        {
            return new EnqueueResult(EnqueueRefusal.Conflict, [.. twins.Select(twin => new EnqueuedJob(null, twin >= 0, twin == EnqueueCall.Conflicting))]);
        }
        var alone = Enumerable.Range(0, jobs.Count).Where(i => twins[i] == EnqueueCall.Alone).ToArray();
        var call = new EnqueueCall(store, _idempotency, [.. alone.Select(i => jobs[i])]);
        if (!await call.NumberLanesAsync(lanes))
        {
            return new EnqueueResult(EnqueueRefusal.TooManyLanes, []);
        }
        var (refusal, answers) = await SendAsync(call, allOrNothing);
        await AcceptLostAsync([.. alone.Select(i => jobs[i])], answers);
        Count([.. alone.Select(i => jobs[i].Lane)], answers);
        return refusal is EnqueueRefusal.None or EnqueueRefusal.Conflict
            ? new EnqueueResult(refusal, Spread(jobs.Count, alone, twins, answers))
            : new EnqueueResult(refusal, []);
    }

    private void Count(Lane[] lanesOfJobs, EnqueuedJob[] answers)
    {
        var fresh = answers.Index().Where(answer => answer.Item is { Id: not null, Duplicate: false }).GroupBy(answer => (lanesOfJobs[answer.Index].Provider, lanesOfJobs[answer.Index].JobType));
        foreach (var group in fresh)
        {
            instruments.JobsEnqueued(group.Count(), group.Key.Provider.Wire(), group.Key.JobType);
        }
    }

    private async Task<(EnqueueRefusal Refusal, EnqueuedJob[] Answers)> SendAsync(EnqueueCall call, bool allOrNothing)
    {
        if (call.Count == 0)
        {
            return (EnqueueRefusal.None, []);
        }
        for (var spare = SpareBuckets; ; spare *= 2)
        {
            var answer = (RedisResult[])(await call.SendAsync(Interlocked.Read(ref _lastSequence), spare, allOrNothing))!;
            switch ((string)answer[0]!)
            {
                case "full":
                    return (EnqueueRefusal.QueueFull, []);
                case "window":
                    Interlocked.Exchange(ref _lastSequence, (long)answer[1]);
                    continue;
                case "conflict":
                    return (EnqueueRefusal.Conflict, call.Read(answer.AsSpan(1), 0, 0));
                default:
                    var first = (long)answer[1];
                    var jobs = call.Read(answer.AsSpan(3), first, (long)answer[2]);
                    Interlocked.Exchange(ref _lastSequence, first - 1 + jobs.Count(job => job is { Id: not null, Duplicate: false }));
                    return (EnqueueRefusal.None, jobs);
            }
        }
    }

    /// <summary>
    /// A key may be known although its job is not there: retention has dropped the job, or the store was cut off while it accepted it.
    /// Then it is a new job.
    /// </summary>
    private async Task AcceptLostAsync(NewJob[] jobs, EnqueuedJob[] answers)
    {
        var known = Enumerable.Range(0, answers.Length).Where(i => answers[i] is { Duplicate: true, Id: not null }).ToArray();
        var records = await JobRecords.ReadAsync(store, [.. known.Select(i => answers[i].Id!.Value.Sequence)]);
        var lost = known.Where((place, i) => records[i]?.IdOf(answers[place].Id!.Value.Sequence) != answers[place].Id).ToArray();
        if (lost.Length == 0)
        {
            return;
        }
        foreach (var i in lost)
        {
            await ForgetAsync(jobs[i].Idempotency!, answers[i].Id!.Value);
        }
        var again = await EnqueueAsync([.. lost.Select(i => jobs[i])], allOrNothing: false);
        if (again.Refusal != EnqueueRefusal.None)
        {
            throw new InvalidOperationException($"{lost.Length} jobs of a call could not be accepted after the others were: {again.Refusal}.");
        }
        foreach (var (i, place) in lost.Index())
        {
            answers[place] = again.Jobs[i];
        }
    }

    /// <summary>Only what is remembered of the lost job: another caller may have had it accepted again meanwhile.</summary>
    private async Task ForgetAsync(IdempotencyMark mark, JobId lost)
    {
        var (field, remembered) = (IdempotencyKeys.FieldOf(mark), IdempotencyKeys.Remembered(mark, lost));
        foreach (var shard in _idempotency.ShardsOf(mark, store.Now))
        {
            await store.Begin().Expect(shard, field, remembered).Write("HDEL", shard, field).CommitAsync();
        }
    }

    /// <summary>Equal keys inside one call: the script could not see the first of them, so they are told apart here.</summary>
    private static int[] FindTwins(IReadOnlyList<NewJob> jobs)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var twins = new int[jobs.Count];
        for (var i = 0; i < jobs.Count; i++)
        {
            twins[i] = EnqueueCall.Alone;
            if (jobs[i].Idempotency is { } mark && !seen.TryAdd(Convert.ToHexString(mark.Key), i))
            {
                var first = seen[Convert.ToHexString(mark.Key)];
                twins[i] = mark.Content.AsSpan().SequenceEqual(jobs[first].Idempotency!.Content) ? first : EnqueueCall.Conflicting;
            }
        }
        return twins;
    }

    private static EnqueuedJob[] Spread(int count, int[] alone, int[] twins, EnqueuedJob[] answers)
    {
        var all = new EnqueuedJob[count];
        for (var i = 0; i < answers.Length; i++)
        {
            all[alone[i]] = answers[i];
        }
        for (var i = 0; i < count; i++)
        {
            all[i] = twins[i] switch
            {
                EnqueueCall.Alone => all[i],
                EnqueueCall.Conflicting => new EnqueuedJob(null, Duplicate: false, Conflict: true),
                var first => all[first] with { Duplicate = all[first].Id is not null },
            };
        }
        return all;
    }
}
