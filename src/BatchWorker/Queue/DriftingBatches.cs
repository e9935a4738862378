using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Batches whose books differ from what their provider says of them, by the time of their end. Like the daily totals they are kept when the batch is gone.</summary>
internal sealed class DriftingBatches(LedgerStore store, BatchLedger batches)
{
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(3660);

    /// <summary>Adds a batch that drifts to the change that ends it.</summary>
    public static void Note(LedgerTransaction change, LedgerStore store, OwnedBatch batch, BatchRecord ended)
    {
        if (BatchDrift.Of(ended, batch.Claimed, batch.Totals) is not null)
        {
            change.Write("ZREMRANGEBYSCORE", store.Keys.DriftingBatches, "-inf", store.NowMs - (long)s_kept.TotalMilliseconds)
                .Write("ZADD", store.Keys.DriftingBatches, (ended.CompletedAt ?? store.Now).ToUnixTimeMilliseconds(), batch.Number);
        }
    }

    /// <summary>How many ended in some UTC days.</summary>
    public Task<long> CountAsync(DateOnly from, DateOnly to) =>
        store.Database.SortedSetLengthAsync(store.Keys.DriftingBatches, StartOf(from), StartOf(to.AddDays(1)), Exclude.Stop);

    /// <summary>How many of each provider ended since a time, with the newest of them; those are passed over that are not kept any more.</summary>
    public async Task<IReadOnlyList<(Provider Provider, int Batches, OwnedBatch Newest)>> SinceAsync(DateTimeOffset since)
    {
        var numbers = await store.Database.SortedSetRangeByScoreAsync(store.Keys.DriftingBatches, since.ToUnixTimeMilliseconds(), Canaries.LargestScore);
        var found = await Task.WhenAll(numbers.Select(number => batches.ReadAsync((long)number)));
        return [.. found.OfType<OwnedBatch>().GroupBy(batch => batch.Record.Lane.Provider).Select(group => (group.Key, group.Count(), group.Last()))];
    }

    private static long StartOf(DateOnly day) => new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds();
}
