using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// Counts accepted jobs by the day of their acceptance and their lane, behind the acceptance: numbers are given in order, so what was counted
/// and up to which number are written by one command, and no job is counted twice or left out.
/// </summary>
internal sealed class Acceptances(LedgerStore store)
{
    private const int MostJobs = 4096;
    private readonly DayBook _days = new(store);

    /// <summary>Counts what was accepted by now.</summary>
    public async Task CatchUpAsync()
    {
        while (await CountPartAsync())
        {
        }
    }

    /// <summary>Counts as stored for some pages, in their order.</summary>
    public async Task<long[]> ReadAsync(IReadOnlyList<(long Day, int Lane)> pages) =>
        pages.Count == 0 ? [] : Array.ConvertAll(await store.Database.HashGetAsync(store.Keys.Accepted, [.. pages.Select(page => (RedisValue)PageName.Of(page.Day, page.Lane))]), count => (long)count);

    /// <summary>False when there was nothing to count.</summary>
    private async Task<bool> CountPartAsync()
    {
        var key = store.Keys.Accepted;
        var whole = (long)await store.Database.HashGetAsync(store.Keys.Meta, LedgerFields.Whole);
        var counted = await store.Database.HashGetAsync(key, LedgerFields.Counted);
        var from = (long)counted + 1;
        var to = Math.Min(whole, from + MostJobs - 1);
        if (from > to)
        {
            return false;
        }
        var records = await JobRecords.ReadAsync(store, [.. Enumerable.Range(0, (int)(to - from) + 1).Select(i => from + i)]);
        var pages = records.OfType<JobRecord>().GroupBy(job => (Day: DayBook.DayOf(job.CreatedMs), job.Lane)).ToArray();
        var before = await ReadAsync([.. pages.Select(page => page.Key)]);
        var count = store.Begin().Expect(key, LedgerFields.Counted, counted.HasValue ? counted : RedisValue.EmptyString);
        foreach (var page in pages)
        {
            _days.Index(count, page.Key.Day, page.Key.Lane);
        }
        var values = pages.SelectMany((page, i) => new RedisValue[] { PageName.Of(page.Key.Day, page.Key.Lane), before[i] + page.Count() });
        await count.Write("HSET", key, [.. values, LedgerFields.Counted, to]).CommitAsync();
        return true;
    }
}
