using System.Security.Cryptography;
using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>A waiting job as a drain sees it.</summary>
internal sealed record WaitingJob(long Sequence, JobRecord Record)
{
    public double Place => Record.PlaceOf(Sequence);
}

/// <summary>What came of a claim.</summary>
/// <param name="Batch">The batch with the jobs in it; null when it is no longer ours.</param>
/// <param name="Stale">Jobs that had been taken or changed meanwhile: then nothing was claimed and they are no candidates any more.</param>
internal sealed record ClaimResult(OwnedBatch? Batch, IReadOnlyList<long> Stale)
{
    /// <summary>Nothing was claimed, since another claim was made under the budgets meanwhile: what fits has to be judged anew.</summary>
    public bool IsOvertaken { get; init; }
}

/// <summary>What a claim holds back of the budgets.</summary>
/// <param name="Claims">Claims that had been made under the budgets when what fits was judged; null for a claim that only finishes another one.</param>
/// <param name="Pico">Pico-USD by number of the job.</param>
internal sealed record ClaimTerms(string? Claims, IReadOnlyDictionary<long, long> Pico);

/// <summary>The verb claim: queued → batched, and the peeks before it.</summary>
internal sealed class JobClaims(LedgerStore store, BatchLedger batches)
{
    private readonly Reservations _reservations = new(store);

    private RedisKeys Keys => store.Keys;

    /// <summary>How many jobs wait in a lane behind a place.</summary>
    public Task<long> CountAsync(int lane, double after) => store.Database.SortedSetLengthAsync(Keys.Waiting(lane), after, Canaries.LargestScore, Exclude.Start);

    /// <summary>The next waiting jobs of a lane behind a place, in order.</summary>
    public async Task<List<WaitingJob>> PeekAsync(int lane, double after, int most)
    {
        var members = await store.Database.SortedSetRangeByScoreAsync(Keys.Waiting(lane), after, Canaries.LargestScore, Exclude.Start, take: most);
        return await ReadAsync([.. members.Select(JobSlots.SequenceOf)]);
    }

    /// <summary>Jobs that came back and are due, the longest due first.</summary>
    public async Task<List<WaitingJob>> PeekDueAsync(int skip, int most)
    {
        var members = await store.Database.SortedSetRangeByScoreAsync(Keys.Due, stop: store.NowMs, skip: skip, take: most);
        return await ReadAsync([.. members.Select(JobSlots.SequenceOf)]);
    }

    /// <summary>
    /// claim: appends jobs to a preparing batch, copied into its manifest before they leave the queue. Every claim of a batch but its last
    /// is of exactly <see cref="RedisKeys.ChunkSize"/> jobs, so that a place in the batch leads to its chunk.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="jobs">The jobs.</param>
    /// <param name="terms">What is held back for them; null where there are no budgets.</param>
    public async Task<ClaimResult> ClaimAsync(OwnedBatch batch, IReadOnlyList<WaitingJob> jobs, ClaimTerms? terms = null)
    {
        if (batch.Claimed % RedisKeys.ChunkSize != 0 || jobs.Count is 0 or > RedisKeys.ChunkSize)
        {
            throw new InvalidOperationException($"A chunk of {jobs.Count} jobs does not fit behind {batch.Claimed}.");
        }
        var leftovers = jobs.Where(job => !MayClaim(batch, job.Record)).Select(job => job.Sequence).ToArray();
        if (leftovers.Length > 0)
        {
            await DropLeftoversAsync(batch.Record.LaneNumber, leftovers);
            return new ClaimResult(batch, leftovers);
        }
        var sequences = jobs.Select(job => job.Sequence).ToArray();
        var pico = terms is null ? null : Array.ConvertAll(sequences, sequence => terms.Pico.GetValueOrDefault(sequence));
        var reserved = pico is null ? batch.Reserved : await _reservations.AddAsync(batch, sequences, pico);
        var begun = Begin(batch, terms?.Claims, pico);
        var order = Describe(begun, batch with { Reserved = reserved }, jobs, sequences);
        if (terms is not null)
        {
            begun.Write("HINCRBY", Keys.Budgets, LedgerFields.Claims, 1); // last: a store may show others a part of what a script does
        }
        var checks = BatchChecks + (terms?.Claims is null ? 0 : 1);
        var differ = await begun.CommitAsync();
        if (differ.Length == 0)
        {
            return new ClaimResult(batch with { Claimed = batch.Claimed + jobs.Count, Reserved = reserved }, []);
        }
        if (differ.Any(number => number < BatchChecks))
        {
            return new ClaimResult(null, []);
        }
        if (differ[0] < checks)
        {
            return new ClaimResult(batch, []) { IsOvertaken = true };
        }
        var stale = differ.Select(number => sequences[order[number - checks]]).ToArray();
        await DropLeftoversAsync(batch.Record.LaneNumber, stale);
        return new ClaimResult(batch, stale);
    }

    /// <summary>Finishes a claim that was cut off after its manifest was written.</summary>
    public async Task<OwnedBatch?> FinishAsync(OwnedBatch batch)
    {
        var chunk = batch.Claimed / RedisKeys.ChunkSize;
        var bytes = (byte[]?)await store.Database.StringGetAsync(Keys.Manifest(batch.Number, chunk));
        if (bytes is null || batch.Claimed % RedisKeys.ChunkSize != 0)
        {
            return batch;
        }
        var sequences = ManifestCodec.Decode(bytes);
        var records = await JobRecords.ReadAsync(store, sequences);
        var jobs = sequences.Zip(records)
            .Where(job => job.Second is { } record && MayClaim(batch, record))
            .Select(job => new WaitingJob(job.First, job.Second!)).ToArray();
        if (jobs.Length == 0)
        {
            return batch;
        }
        var reserved = await _reservations.ReadAsync(batch.Number, chunk);
        var terms = reserved.Length != sequences.Count ? null : new ClaimTerms(null, sequences.Zip(reserved).ToDictionary(job => job.First, job => job.Second));
        return (await ClaimAsync(batch, jobs, terms)).Batch;
    }

    /// <summary>seal: preparing → submitting. The manifest is final.</summary>
    public async Task<OwnedBatch?> SealAsync(OwnedBatch batch)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var chunk = 0; chunk < batch.ChunkCount; chunk++)
        {
            hash.AppendData((byte[])(await store.Database.StringGetAsync(Keys.Manifest(batch.Number, chunk)))!);
        }
        var next = batch.Record with
        {
            State = BatchState.Submitting,
            JobCount = batch.Claimed,
            ManifestSha256 = Convert.ToHexStringLower(hash.GetHashAndReset()),
        };
        return await batches.ChangeAsync(batch, next, store.Now);
    }

    /// <summary>Job numbers of one chunk of the manifest, in the order of the batch.</summary>
    public async Task<List<long>> ManifestAsync(long batch, int chunk) =>
        ManifestCodec.Decode((byte[])(await store.Database.StringGetAsync(Keys.Manifest(batch, chunk)))!);

    private const int BatchChecks = 2;

    /// <summary>What is reserved for each job is there before the manifest: a claim that was cut off is finished from both.</summary>
    private LedgerTransaction Begin(OwnedBatch batch, string? claims, long[]? pico)
    {
        var claim = store.Begin().Expect(Keys.Batch(batch.Number), [LedgerFields.Epoch, LedgerFields.Claimed], [batch.Epoch, batch.Claimed]);
        if (claims is not null)
        {
            claim.Expect(Keys.Budgets, LedgerFields.Claims, claims);
        }
        return pico is null ? claim : claim.Write("SET", Keys.Reserved(batch.Number, batch.Claimed / RedisKeys.ChunkSize), Reservations.Pack(pico));
    }

    /// <summary>Answers the places of the jobs in the order in which they are compared.</summary>
    private List<int> Describe(LedgerTransaction claim, OwnedBatch batch, IReadOnlyList<WaitingJob> jobs, long[] sequences)
    {
        var lane = batch.Record.LaneNumber;
        claim.Write("SET", Keys.Manifest(batch.Number, batch.Claimed / RedisKeys.ChunkSize), ManifestCodec.Encode(sequences));
        var order = new List<int>(jobs.Count);
        foreach (var bucket in sequences.ByBucket())
        {
            var states = new List<RedisValue>();
            foreach (var i in bucket)
            {
                order.Add(i);
                states.Add(JobSlots.SlotOf(sequences[i]));
                states.Add(Claimed(batch, jobs[i].Record, i).Pack());
            }
            claim.Expect(Keys.States(bucket.Key), [.. bucket.Select(i => JobSlots.SlotOf(sequences[i]))], [.. bucket.Select(i => (RedisValue)jobs[i].Record.Pack())]);
            claim.Write("ZADD", Keys.Index(lane, JobState.Batched), bucket.Key, bucket.Key);
            claim.Write("HSET", Keys.States(bucket.Key), states);
        }
        var members = Array.ConvertAll(sequences, JobSlots.MemberOf);
        claim.Write("ZREM", Keys.Waiting(lane), members);
        if (jobs.Any(job => job.Record.Has(JobFlags.CameBack)))
        {
            claim.Write("ZREM", Keys.Due, members);
        }
        claim.Write("ZADD", Keys.Work(BatchWork.Prepare), "XX", batches.FillingUntil, batch.Number);
        claim.Write("HINCRBY", Keys.Meta, LedgerFields.Waiting, -jobs.Count);
        claim.Write("HSET", Keys.Batch(batch.Number), [LedgerFields.Claimed, batch.Claimed + jobs.Count, .. batch.Reserved?.Pack() ?? []]);
        return order;
    }

    private JobRecord Claimed(OwnedBatch batch, JobRecord job, int i) => job with
    {
        State = JobState.Batched,
        Flags = job.Flags & (JobFlags.HasHistory | JobFlags.DataRemoved | JobFlags.CameBack),
        Batch = batch.Number,
        Position = batch.Claimed + i,
        ChangedMs = store.NowMs,
        DueMs = 0,
    };

    private async Task<List<WaitingJob>> ReadAsync(List<long> sequences)
    {
        var records = await JobRecords.ReadAsync(store, sequences);
        return [.. sequences.Zip(records).Where(job => job.Second is not null).Select(job => new WaitingJob(job.First, job.Second!))];
    }

    private static bool MayClaim(OwnedBatch batch, JobRecord job) =>
        job.State == JobState.Queued || (job.State == JobState.Batched && job.Batch == batch.Number);

    /// <summary>A job that is in a queue but does not wait was left there by a move that was cut off.</summary>
    private async Task DropLeftoversAsync(int lane, long[] stale)
    {
        var records = await JobRecords.ReadAsync(store, stale);
        var gone = stale.Where((_, i) => records[i] is not { State: JobState.Queued }).Select(JobSlots.MemberOf).ToArray();
        if (gone.Length > 0)
        {
            await store.Begin().Write("ZREM", Keys.Waiting(lane), gone).Write("ZREM", Keys.Due, gone).CommitAsync();
        }
    }
}
