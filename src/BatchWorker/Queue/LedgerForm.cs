using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// The form of the records of a ledger, which is written beside them. It grows when a version writes what the one before could not read;
/// members that are only added do not change it.
/// </summary>
internal sealed class LedgerForm(LedgerStore store)
{
    /// <summary>The form that this version writes: 2, since jobs may have callbacks. It reads every form up to it.</summary>
    public const int Known = 2;

    /// <summary>The form of a ledger that is newer than this version: it must leave it alone. Null for every other one.</summary>
    public async Task<int?> NewerAsync() => (int)await ReadAsync() is > Known and var form ? form : null;

    /// <summary>The same; a ledger without a form, or of an older one, has this version's from now on.</summary>
    public async Task<int?> AgreeAsync()
    {
        for (; ; )
        {
            var stored = await ReadAsync();
            if ((int)stored >= Known)
            {
                return await NewerAsync();
            }
            await store.Begin()
                .Expect(store.Keys.Meta, LedgerFields.Form, stored.HasValue ? stored : RedisValue.EmptyString)
                .Write("HSET", store.Keys.Meta, LedgerFields.Form, Known)
                .CommitAsync();
        }
    }

    private Task<RedisValue> ReadAsync() => store.Database.HashGetAsync(store.Keys.Meta, LedgerFields.Form);
}
