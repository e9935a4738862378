using System.Globalization;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>A page of the books as one batch finds it.</summary>
/// <param name="Key">The page.</param>
/// <param name="Day">Days since 1970-01-01 UTC.</param>
/// <param name="Lane">Number of the lane.</param>
/// <param name="Batch">Number of the batch.</param>
/// <param name="Stored">The sum as bytes, to compare with.</param>
/// <param name="Sum">What the page adds up to.</param>
/// <param name="Own">What the batch has added to it.</param>
/// <param name="SumByValue">The sum by values of metadata.</param>
/// <param name="OwnByValue">What the batch has added to that.</param>
internal sealed record DayPage(
    RedisKey Key, long Day, int Lane, long Batch, RedisValue Stored, DayTotals Sum, DayTotals Own, ValueSums SumByValue, ValueSums OwnByValue);

/// <summary>
/// Enters what batches do into the page of their day and lane. What a batch has added and what the page adds up to are written by one command,
/// and the sum changes by the difference that the batch's part makes: a write that is repeated after it was cut off changes nothing.
/// </summary>
internal sealed class DayBook(LedgerStore store)
{
    private const long DayMs = 86_400_000;

    public static long DayOf(long unixMs) => unixMs / DayMs;

    /// <summary>What a batch has added to a page.</summary>
    public async Task<DayTotals> PartAsync(long day, int lane, long batch) => DayTotals.Unpack(await store.Database.HashGetAsync(store.Keys.Day(day, lane), batch));

    public async Task<DayPage> OpenAsync(long day, int lane, long batch)
    {
        var key = store.Keys.Day(day, lane);
        var fields = await store.Database.HashGetAsync(key, [LedgerFields.Sum, batch, LedgerFields.SumByValue, ValuesOf(batch)]);
        return new DayPage(
            key, day, lane, batch, fields[0].HasValue ? fields[0] : RedisValue.EmptyString,
            DayTotals.Unpack(fields[0]), DayTotals.Unpack(fields[1]), ValueSums.Unpack(fields[2]), ValueSums.Unpack(fields[3]));
    }

    /// <summary>The sum must still be as it was read: every change of a page changes it too.</summary>
    public static LedgerTransaction Expect(LedgerTransaction transaction, DayPage page) => transaction.Expect(page.Key, LedgerFields.Sum, page.Stored);

    /// <summary>Writes what the batch has added by now.</summary>
    public LedgerTransaction Write(LedgerTransaction transaction, DayPage page, DayTotals own, ValueSums? ownByValue = null)
    {
        var values = new List<RedisValue> { LedgerFields.Sum, page.Sum.Replace(page.Own, own).Pack(), page.Batch, own.Pack() };
        if (ownByValue is not null)
        {
            values.AddRange([LedgerFields.SumByValue, page.SumByValue.Replace(page.OwnByValue, ownByValue).Pack(), ValuesOf(page.Batch), ownByValue.Pack()]);
        }
        return Index(transaction, page.Day, page.Lane).Write("HSET", page.Key, values);
    }

    /// <summary>Counts a job that was moved outside batches.</summary>
    public LedgerTransaction Count(LedgerTransaction transaction, int lane, RedisValue field)
    {
        var day = DayOf(store.NowMs);
        return Index(transaction, day, lane).Write("HINCRBY", store.Keys.Day(day, lane), field, 1);
    }

    /// <summary>Forgets what a batch added on some days; the sums stay.</summary>
    public void Forget(LedgerTransaction transaction, OwnedBatch batch)
    {
        // Outcomes are dated by the replica that stores them: its clock may be off by less than a day
        var last = DayOf((batch.Record.CompletedAt ?? batch.Record.CreatedAt).ToUnixTimeMilliseconds()) + 1;
        for (var day = DayOf(batch.Record.CreatedAt.ToUnixTimeMilliseconds()) - 1; day <= last; day++)
        {
            transaction.Write("HDEL", store.Keys.Day(day, batch.Record.LaneNumber), batch.Number, ValuesOf(batch.Number));
        }
    }

    /// <summary>Where a page is listed.</summary>
    public LedgerTransaction Index(LedgerTransaction transaction, long day, int lane) => transaction.Write("ZADD", store.Keys.Days, day, PageName.Of(day, lane));

    private static RedisValue ValuesOf(long batch) => "values/" + batch.ToString(CultureInfo.InvariantCulture);
}
