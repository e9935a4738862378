using BatchWorker.Queue;
using StackExchange.Redis;

namespace BatchWorker.Tests.Fixtures;

/// <summary>
/// The keys that a ledger has. Redis is asked for all of them; the embedded store for those that a job can have, since a SCAN leaves it
/// believing that its memory is full (see <c>GarnetArguments</c>).
/// </summary>
internal static class LedgerKeys
{
    private const int MostLanes = 4;

    public static async Task<string[]> FindAsync(LedgerHarness ledger, IConnectionMultiplexer connection)
    {
        var found = new List<string>();
        if (EachStore.Current == StoreKind.Redis)
        {
            await foreach (var key in connection.GetServers()[0].KeysAsync(pattern: $"{{{ledger.Store.Options.Namespace}}}:*"))
            {
                found.Add(key.ToString());
            }
            return [.. found];
        }
        foreach (var part in Candidates(ledger.Keys, (long?)await ledger.Database.HashGetAsync(ledger.Keys.Meta, "seq") ?? 0).Chunk(100))
        {
            var exist = await Task.WhenAll(part.Select(key => ledger.Database.KeyExistsAsync(key)));
            found.AddRange(part.Where((_, i) => exist[i]).Select(key => key.ToString()));
        }
        return [.. found];
    }

    private static IEnumerable<RedisKey> Candidates(RedisKeys keys, long jobs)
    {
        var lanes = Enumerable.Range(0, MostLanes).SelectMany(keys.SortedSetsOf);
        var buckets = Enumerable.Range(0, (int)JobSlots.BucketOf(jobs) + 1).SelectMany(bucket =>
            new[] { keys.States(bucket), keys.Requests(bucket), keys.Metadata(bucket), keys.History(bucket) });
        return [.. keys.SortedSets, .. lanes, .. buckets];
    }
}
