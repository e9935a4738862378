using System.Globalization;
using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Batches of a provider whose books differ from what it says of them.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Batches">How many.</param>
/// <param name="Newest">The one that ended last; null when it is not kept any more.</param>
internal sealed record Drifts(Provider Provider, int Batches, OwnedBatch? Newest);

/// <summary>Batches whose books differ from what their provider says of them, by the time of their end. Like the daily totals they are kept when the batch is gone.</summary>
internal sealed class DriftingBatches(LedgerStore store, BatchLedger batches)
{
    private const char Separator = ':';
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(3660);

    /// <summary>Adds a batch that drifts to the change that ends it.</summary>
    public static void Note(LedgerTransaction change, LedgerStore store, OwnedBatch batch, BatchRecord ended)
    {
        if (BatchDrift.Of(ended, batch.Claimed, batch.Totals) is not null)
        {
            change.Write("ZREMRANGEBYSCORE", store.Keys.DriftingBatches, "-inf", store.NowMs - (long)s_kept.TotalMilliseconds)
                .Write("ZADD", store.Keys.DriftingBatches, (ended.CompletedAt ?? store.Now).ToUnixTimeMilliseconds(), WordOf(batch.Number, ended.Lane.Provider));
        }
    }

    /// <summary>How many ended in some UTC days.</summary>
    public Task<long> CountAsync(DateOnly from, DateOnly to) =>
        store.Database.SortedSetLengthAsync(store.Keys.DriftingBatches, StartOf(from), StartOf(to.AddDays(1)), Exclude.Stop);

    /// <summary>Those that ended since a time, by provider.</summary>
    public async Task<IReadOnlyList<Drifts>> SinceAsync(DateTimeOffset since)
    {
        var words = await store.Database.SortedSetRangeByScoreAsync(store.Keys.DriftingBatches, since.ToUnixTimeMilliseconds(), Canaries.LargestScore);
        var providers = words.Select(word => Parse(word!)).GroupBy(batch => batch.Provider);
        return await Task.WhenAll(providers.Select(async provider => new Drifts(provider.Key, provider.Count(), await batches.ReadAsync(provider.Last().Number))));
    }

    private static string WordOf(long number, Provider provider) => string.Create(CultureInfo.InvariantCulture, $"{number}{Separator}{provider.Wire()}");

    private static (long Number, Provider Provider) Parse(string word)
    {
        var end = word.IndexOf(Separator, StringComparison.Ordinal);
        return ProviderNames.TryParse(word[(end + 1)..], out var provider)
            ? (long.Parse(word.AsSpan(0, end), CultureInfo.InvariantCulture), provider)
            : throw new InvalidDataException($"A drifting batch is called {word}.");
    }

    private static long StartOf(DateOnly day) => new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds();
}
