using System.Globalization;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Calls that callers made in real time beside us, as they report them: what of their work goes through batches is known from both.</summary>
internal sealed class RealtimeCalls(LedgerStore store)
{
    private const string Reported = "1";

    /// <summary>Adds calls to a day; answers how many it has now.</summary>
    public async Task<long> AddAsync(string jobType, long count, DateOnly date)
    {
        await store.DurableAsync(store.Database.HashSetAsync(store.Keys.RealtimeCallTypes, jobType, Reported));
        return await store.DurableAsync(store.Database.HashIncrementAsync(store.Keys.RealtimeCalls, FieldOf(date, jobType), count));
    }

    /// <summary>Calls over some days, of one job type or of all; null when none were ever reported.</summary>
    public async Task<long?> CountAsync(DateOnly from, DateOnly to, string? jobType)
    {
        var types = (await store.Database.HashKeysAsync(store.Keys.RealtimeCallTypes)).Select(type => (string)type!).Where(type => jobType is null || type == jobType).ToArray();
        if (types.Length == 0)
        {
            return null;
        }
        var days = Enumerable.Range(0, to.DayNumber - from.DayNumber + 1).Select(from.AddDays);
        var fields = days.SelectMany(day => types.Select(type => FieldOf(day, type))).ToArray();
        return (await store.Database.HashGetAsync(store.Keys.RealtimeCalls, fields)).Sum(count => (long)count);
    }

    private static RedisValue FieldOf(DateOnly date, string jobType) => string.Create(CultureInfo.InvariantCulture, $"{date.DayNumber}:{jobType}");
}
