using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// Ended batches that may have left files at their provider. The score is the end, not the time of the deletion,
/// so that a changed number of days holds for all of them.
/// </summary>
internal sealed class ProviderCopies(LedgerStore store)
{
    /// <summary>Batches that ended at least so long ago, the oldest first.</summary>
    public async Task<long[]> DueAsync(TimeSpan age, int most) =>
        Array.ConvertAll(
            await store.Database.SortedSetRangeByScoreAsync(store.Keys.ProviderFiles, stop: (store.Now - age).ToUnixTimeMilliseconds(), take: most),
            number => (long)number);

    /// <summary>Looks at a batch again after a wait.</summary>
    public Task PostponeAsync(long number, TimeSpan age, TimeSpan wait) =>
        store.Database.SortedSetUpdateAsync(store.Keys.ProviderFiles, number, (store.Now - age + wait).ToUnixTimeMilliseconds(), SortedSetWhen.Exists);

    /// <summary>Nothing is left there that we could delete.</summary>
    public Task ForgetAsync(long number) => store.Database.SortedSetRemoveAsync(store.Keys.ProviderFiles, number);
}
