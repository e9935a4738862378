using System.Buffers.Binary;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Reads and addresses job records by bucket and slot.</summary>
internal static class JobSlots
{
    public static long BucketOf(long sequence) => sequence / RedisKeys.BucketSize;

    public static RedisValue SlotOf(long sequence) => sequence % RedisKeys.BucketSize;

    /// <summary>Member of the queues: eight bytes, big endian.</summary>
    public static RedisValue MemberOf(long sequence)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, sequence);
        return bytes;
    }

    public static long SequenceOf(RedisValue member) =>
        BinaryPrimitives.ReadInt64BigEndian(((ReadOnlyMemory<byte>)member).Span);

    /// <summary>Positions of a list of jobs, grouped by bucket: one command serves all of a group.</summary>
    public static IEnumerable<IGrouping<long, int>> ByBucket(this IReadOnlyList<long> sequences) =>
        Enumerable.Range(0, sequences.Count).GroupBy(i => BucketOf(sequences[i]));

    /// <summary>Fields of the same kind for many jobs, in their order; absent ones are null.</summary>
    public static async Task<RedisValue[]> ReadAsync(LedgerDatabase database, IReadOnlyList<long> sequences, Func<long, RedisKey> keyOf)
    {
        var values = new RedisValue[sequences.Count];
        var reads = sequences.ByBucket().Select(async bucket =>
        {
            var places = bucket.ToArray();
            var found = await database.HashGetAsync(keyOf(bucket.Key), Array.ConvertAll(places, i => SlotOf(sequences[i])));
            for (var i = 0; i < places.Length; i++)
            {
                values[places[i]] = found[i];
            }
        });
        await Task.WhenAll(reads);
        return values;
    }
}
