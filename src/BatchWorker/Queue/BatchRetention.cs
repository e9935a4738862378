using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>A batch that is gone from sight, whose parts remain to be dropped.</summary>
/// <param name="Number">The ledger's number.</param>
/// <param name="Chunks">Chunks of its manifest and outcomes.</param>
internal sealed record DroppedBatch(long Number, int Chunks);

/// <summary>
/// The verb expire for batches: after the last of their jobs, and after what they left at the provider was seen to. First a batch is taken
/// from sight, then its segments and chunks go; whatever is cut off is finished by the next look of any replica.
/// </summary>
internal sealed class BatchRetention(LedgerStore store, BatchLedger batches, OldBindings bindings)
{
    private const int MostBatches = 50;
    private readonly AgeWalk _walk = new(store, store.Keys.Batches, MostBatches);

    private readonly DayBook _days = new(store);

    private RedisKeys Keys => store.Keys;

    /// <summary>Looks at some of the oldest batches; answers how many were dropped.</summary>
    /// <param name="endedBefore">They must have ended before.</param>
    /// <param name="keepsForFiles">A batch whose copies at the provider are still to be deleted stays until they are: it knows their ids.</param>
    public Task<int> DropAsync(DateTimeOffset endedBefore, bool keepsForFiles) => _walk.GoOnAsync(number => LookAsync(number, endedBefore, keepsForFiles));

    /// <summary>Batches whose parts are still to be dropped.</summary>
    public async Task<IReadOnlyList<DroppedBatch>> DroppedAsync(int most) =>
        [.. (await store.Database.SortedSetRangeByScoreWithScoresAsync(Keys.DroppedBatches, stop: Canaries.LargestScore, take: most)).Select(batch => new DroppedBatch((long)batch.Element, (int)batch.Score))];

    /// <summary>Segments that a batch has written, some at a time.</summary>
    public async Task<uint[]> SegmentsAsync(DroppedBatch batch, int most) =>
        Array.ConvertAll(await store.Database.SortedSetRangeByRankAsync(Keys.Segments(batch.Number), 0, most - 1), segment => (uint)segment);

    public Task ForgetSegmentsAsync(DroppedBatch batch, IEnumerable<uint> segments) =>
        store.Database.SortedSetRemoveAsync(Keys.Segments(batch.Number), [.. segments.Select(segment => (RedisValue)segment)]);

    /// <summary>Drops all that is left of a batch without segments.</summary>
    public Task ForgetAsync(DroppedBatch batch)
    {
        var forget = store.Begin();
        for (var chunk = 0; chunk < batch.Chunks; chunk++)
        {
            forget.Write("UNLINK", Keys.Manifest(batch.Number, chunk)).Write("UNLINK", Keys.Outcomes(batch.Number, chunk)).Write("UNLINK", Keys.Reserved(batch.Number, chunk));
        }
        return TakeFromSight(forget, batch.Number).Write("ZREM", Keys.DroppedBatches, batch.Number).CommitAsync();
    }

    private async Task<Aged> LookAsync(long number, DateTimeOffset before, bool keepsForFiles)
    {
        if (await batches.ReadAsync(number) is not { } batch)
        {
            return Aged.Kept; // being dropped
        }
        if (batch.Record.CreatedAt > before)
        {
            return Aged.TooYoung;
        }
        if (!batch.State.HasEnded() || (batch.Record.CompletedAt ?? batch.Record.CreatedAt) > before || (keepsForFiles && await HasFilesAsync(number)) || await HoldsJobsAsync(batch))
        {
            return Aged.Kept;
        }
        var drop = store.Begin()
            .Expect(Keys.Batch(number), LedgerFields.Record, batch.Stored)
            .Write("ZADD", Keys.DroppedBatches, batch.ChunkCount, number);
        _days.Forget(drop, batch);
        bindings.Remember(drop, batch);
        return (await TakeFromSight(drop, number).CommitAsync()).Length == 0 ? Aged.Dropped : Aged.Kept;
    }

    private LedgerTransaction TakeFromSight(LedgerTransaction drop, long number)
    {
        if (store.Options.BatchCallbackUrl is { } url)
        {
            CallbackOutbox.Remove(drop, Keys, [new CallbackEvent(CallbackSubject.OfBatch(number), CallbackMark.HostOf(url), 0)]);
        }
        return drop.Write("ZREM", Keys.ProviderFiles, number).Write("ZREM", Keys.UnpricedBatches, number).Write("UNLINK", Keys.Batch(number)).Write("ZREM", Keys.Batches, number);
    }

    private async Task<bool> HasFilesAsync(long number) => await store.Database.SortedSetScoreAsync(Keys.ProviderFiles, number) is not null;

    /// <summary>Whether the bucket of any of its jobs is still there: then the job, its outcome or its history lead here.</summary>
    private async Task<bool> HoldsJobsAsync(OwnedBatch batch)
    {
        for (var chunk = 0; chunk < batch.ChunkCount; chunk++)
        {
            var manifest = (byte[]?)await store.Database.StringGetAsync(Keys.Manifest(batch.Number, chunk));
            var buckets = manifest is null ? [] : ManifestCodec.Decode(manifest).Select(JobSlots.BucketOf).Distinct().Select(bucket => (RedisValue)bucket).ToArray();
            if (buckets.Length > 0 && (await store.Database.SortedSetScoresAsync(Keys.Buckets, buckets)).Any(score => score is not null))
            {
                return true;
            }
        }
        return false;
    }
}
