namespace BatchWorker.Queue;

/// <summary>Batches with a create call that was proven absent: the batch of that call may turn up even after ours has ended.</summary>
internal sealed class AbsentSubmissions(LedgerStore store)
{
    /// <summary>No provider runs a batch for longer, and most do not list it for longer.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(30);

    /// <summary>The batches of the last 30 days; older ones are forgotten.</summary>
    public async Task<long[]> ListAsync()
    {
        var forgotten = (store.Now - s_kept).ToUnixTimeMilliseconds();
        await store.Database.SortedSetRemoveRangeByScoreAsync(store.Keys.AbsentSubmissions, double.NegativeInfinity, forgotten);
        return Array.ConvertAll(
            await store.Database.SortedSetRangeByScoreAsync(store.Keys.AbsentSubmissions, stop: Canaries.LargestScore),
            number => (long)number);
    }
}
