using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// What the batches of a lane add up to on a day. A batch has a part of its own, so that a settlement that is repeated counts once;
/// when it goes after its days its part joins the rest, and the day stays as small as one batch.
/// </summary>
internal sealed class DayTotals(LedgerStore store)
{
    /// <summary>The field of what batches contributed that are gone.</summary>
    public const string Rest = "rest";
    private const long DayMs = 86_400_000;

    public static long DayOf(long unixMs) => unixMs / DayMs;

    /// <summary>What a batch contributed to a day.</summary>
    public async Task<BatchTotals> PartAsync(long day, int lane, long batch) => BatchTotals.Unpack(await store.Database.HashGetAsync(store.Keys.Day(day, lane), batch));

    /// <summary>Lets the parts of an ended batch join the rest. May be repeated, by several replicas at once too.</summary>
    public async Task FoldAsync(OwnedBatch batch)
    {
        // Outcomes are dated by the replica that stores them: its clock may be off by less than a day
        var last = DayOf((batch.Record.CompletedAt ?? batch.Record.CreatedAt).ToUnixTimeMilliseconds()) + 1;
        for (var day = DayOf(batch.Record.CreatedAt.ToUnixTimeMilliseconds()) - 1; day <= last; day++)
        {
            while (!await FoldAsync(store.Keys.Day(day, batch.Record.LaneNumber), batch.Number))
            {
            }
        }
    }

    /// <summary>False when the day changed meanwhile. The sum and the emptied part are one write, so that nothing is added twice.</summary>
    private async Task<bool> FoldAsync(RedisKey day, long batch)
    {
        RedisValue[] fields = [batch, Rest];
        var found = Array.ConvertAll(await store.Database.HashGetAsync(day, fields), value => value.HasValue ? value : RedisValue.EmptyString);
        if (found[0] == RedisValue.EmptyString)
        {
            return true;
        }
        var sum = BatchTotals.Unpack(found[1]).Add(BatchTotals.Unpack(found[0]));
        var differ = await store.Begin()
            .Expect(day, fields, found)
            .Write("HSET", day, Rest, sum.Pack(), batch, RedisValue.EmptyString)
            .Write("HDEL", day, batch)
            .CommitAsync();
        return differ.Length == 0;
    }
}
