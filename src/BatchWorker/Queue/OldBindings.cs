using System.Globalization;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// Which provider batches were ours is known for longer than the batches themselves: whoever lists an account must not take
/// one of them for somebody else's. What no list shows any more is forgotten.
/// </summary>
internal sealed class OldBindings(LedgerStore store)
{
    /// <summary>Results are there for 30 days at most (Anthropic: 29), copies for six weeks (Gemini); nobody looks so far back.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(60);
    private const int Most = 500;
    private const char Separator = '\n';

    private RedisKeys Keys => store.Keys;

    /// <summary>Adds to the drop of a batch that its binding is forgotten later.</summary>
    public void Remember(LedgerTransaction drop, OwnedBatch batch)
    {
        var record = batch.Record;
        if (record.Account is not null && record.ProviderBatchId is not null)
        {
            var ended = (record.CompletedAt ?? record.CreatedAt).ToUnixTimeMilliseconds();
            drop.Write("ZADD", Keys.OldBindings, ended, string.Join(Separator, batch.Number.ToString(CultureInfo.InvariantCulture), record.Account, record.ProviderBatchId));
        }
    }

    /// <summary>Forgets some that are old enough; answers how many.</summary>
    public async Task<int> DropAsync()
    {
        var old = await store.Database.SortedSetRangeByScoreAsync(Keys.OldBindings, stop: (store.Now - Kept).ToUnixTimeMilliseconds(), take: Most);
        foreach (var member in old)
        {
            await ForgetAsync(member);
        }
        return old.Length;
    }

    private async Task ForgetAsync(RedisValue member)
    {
        var parts = ((string)member!).Split(Separator, 3);
        var bound = Keys.Bound(parts[1]);
        var forget = store.Begin().Write("ZREM", Keys.OldBindings, member);
        if (await store.Database.HashGetAsync(bound, parts[2]) == parts[0])
        {
            forget = store.Begin().Expect(bound, parts[2], parts[0]).Write("HDEL", bound, parts[2]).Write("ZREM", Keys.OldBindings, member);
        }
        await forget.CommitAsync();
    }
}
