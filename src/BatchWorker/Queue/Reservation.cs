using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// What a batch holds back of the budgets for its jobs without an outcome. It is a part of the batch, written as a whole by each claim and
/// settlement, in their last command: a repeat changes nothing, and it ends with the batch.
/// </summary>
/// <param name="Pico">Pico-USD.</param>
/// <param name="ByValue">The same by values of metadata.</param>
internal sealed record Reservation(long Pico, ValueSums ByValue)
{
    /// <summary>Null when the batch was filled without budgets.</summary>
    public static Reservation? Unpack(RedisValue pico, RedisValue byValue) =>
        pico.HasValue ? new Reservation((long)pico, ValueSums.Unpack(byValue)) : null;

    public RedisValue[] Pack() => [LedgerFields.Reserved, Pico, LedgerFields.ReservedByValue, ByValue.Pack()];
}
