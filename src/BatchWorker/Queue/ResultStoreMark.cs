using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Which store of results belongs to this ledger: written by the first replica, compared by all.</summary>
internal sealed class ResultStoreMark(LedgerStore store)
{
    /// <summary>
    /// True when the store is the ledger's, or becomes it now. A store that is older than its ledger keeps its numbers:
    /// new segments begin behind <paramref name="highest"/>.
    /// </summary>
    public async Task<bool> AgreeAsync(string id, uint highest)
    {
        var meta = store.Keys.Meta;
        var known = await store.Database.HashGetAsync(meta, LedgerFields.ResultStore);
        while (!known.HasValue)
        {
            var last = await store.Database.HashGetAsync(meta, LedgerFields.SegmentSequence);
            await store.Begin()
                .Expect(meta, [LedgerFields.ResultStore, LedgerFields.SegmentSequence], [RedisValue.EmptyString, last.HasValue ? last : RedisValue.EmptyString])
                .Write("HSET", meta, LedgerFields.ResultStore, id, LedgerFields.SegmentSequence, Math.Max((long)last, highest))
                .CommitAsync();
            known = await store.Database.HashGetAsync(meta, LedgerFields.ResultStore);
        }
        return known == id;
    }
}
