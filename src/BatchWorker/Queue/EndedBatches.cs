using System.Globalization;
using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>How the batches of the last two days ended; one is kept as a word, its number and its end state.</summary>
internal sealed class EndedBatches(LedgerStore store)
{
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(2);

    /// <summary>Adds the end of a batch to the change that ends it.</summary>
    public void Note(LedgerTransaction change, long number, BatchState state) => change
        .Write("ZREMRANGEBYSCORE", store.Keys.EndedBatches, 0, store.NowMs - (long)s_kept.TotalMilliseconds)
        .Write("ZADD", store.Keys.EndedBatches, store.NowMs, string.Create(CultureInfo.InvariantCulture, $"{number}:{(int)state}"));

    /// <summary>The end states of the batches that ended since a time, two days back at most.</summary>
    public async Task<IReadOnlyList<BatchState>> SinceAsync(DateTimeOffset since) =>
        Array.ConvertAll(
            await store.Database.SortedSetRangeByScoreAsync(store.Keys.EndedBatches, since.ToUnixTimeMilliseconds(), Canaries.LargestScore),
            word => StateOf(word!));

    private static BatchState StateOf(string word) => (BatchState)int.Parse(word.AsSpan(word.IndexOf(':', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
}
