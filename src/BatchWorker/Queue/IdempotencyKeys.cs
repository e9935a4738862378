using System.Buffers.Binary;
using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// Where idempotency keys are remembered: whole periods of the configured days expire together,
/// and a look-up asks the present and the last period, so a key is known for one to two periods.
/// </summary>
/// <param name="keys">Spells the keys.</param>
/// <param name="days">How long a key is remembered at least.</param>
internal sealed class IdempotencyKeys(RedisKeys keys, int days)
{
    public const int KeySize = 10;
    public const int ContentSize = 8;

    /// <summary>16,384 shards keep each a listpack up to eight million keys a period.</summary>
    private const int ShardBits = 14;

    /// <summary>Clocks of replicas may differ by so much; near the turn of a period both are asked.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _period = TimeSpan.FromDays(days);

    /// <summary>How long a shard lives after its last write.</summary>
    public TimeSpan TimeToLive => _period * 2 + TimeSpan.FromDays(1);

    /// <summary>The field inside a shard.</summary>
    public static ReadOnlyMemory<byte> FieldOf(IdempotencyMark mark) => mark.Key.AsMemory(2);

    /// <summary>What a shard holds for a key, as the script writes it: the content and the id of the job.</summary>
    public static byte[] Remembered(IdempotencyMark mark, JobId id)
    {
        var bytes = new byte[ContentSize + 16];
        mark.Content.CopyTo(bytes, 0);
        var writer = new PackedWriter(bytes.AsSpan(ContentSize));
        writer.Put(id.Value.Sequence, 5);
        writer.Put(id.Value.TimeMs, 6);
        writer.Put(id.Value.Tail, 5);
        return bytes;
    }

    /// <summary>The job in what a shard holds.</summary>
    public static JobId JobIn(byte[] remembered)
    {
        var reader = new PackedReader(remembered.AsSpan(ContentSize));
        var sequence = reader.Take(5);
        var created = reader.Take(6);
        return new JobId(new Ulid(created, sequence, reader.Take(5)));
    }

    /// <summary>The shards that may know a key; the first one is written to.</summary>
    public RedisKey[] ShardsOf(IdempotencyMark mark, DateTimeOffset now)
    {
        var shard = BinaryPrimitives.ReadUInt16BigEndian(mark.Key) >> (16 - ShardBits);
        var present = PeriodOf(now);
        return new[] { present, present - 1, PeriodOf(now + Skew), PeriodOf(now - Skew) }
            .Distinct().Select(period => keys.Idempotency(period, shard)).ToArray();
    }

    private long PeriodOf(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / (long)_period.TotalMilliseconds;
}
