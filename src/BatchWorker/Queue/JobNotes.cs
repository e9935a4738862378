using System.Buffers.Binary;
using System.Text;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// What the caller gave with a job beside its request, and what outlives the request. Without a callback it is stored as the metadata alone;
/// with one a byte that begins no JSON, the length of the address and the address stand before them.
/// </summary>
/// <param name="Metadata">Minified JSON; empty for none.</param>
/// <param name="CallbackUrl">Whom the end is told; null for nobody.</param>
internal sealed record JobNotes(ReadOnlyMemory<byte> Metadata, string? CallbackUrl)
{
    private const byte WithCallback = 1;
    private const int HeaderSize = 3;

    public RedisValue Pack()
    {
        if (CallbackUrl is null)
        {
            return Metadata;
        }
        var url = Encoding.ASCII.GetBytes(CallbackUrl);
        var packed = new byte[HeaderSize + url.Length + Metadata.Length];
        packed[0] = WithCallback;
        BinaryPrimitives.WriteUInt16BigEndian(packed.AsSpan(1), (ushort)url.Length);
        url.CopyTo(packed, HeaderSize);
        Metadata.CopyTo(packed.AsMemory(HeaderSize + url.Length));
        return packed;
    }

    public static JobNotes Unpack(RedisValue stored)
    {
        var bytes = (ReadOnlyMemory<byte>)stored;
        if (bytes.IsEmpty || bytes.Span[0] != WithCallback)
        {
            return new JobNotes(bytes, null);
        }
        var metadata = HeaderSize + BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[1..]);
        return new JobNotes(bytes[metadata..], Encoding.ASCII.GetString(bytes.Span[HeaderSize..metadata]));
    }

    /// <summary>The metadata alone; null for none.</summary>
    public static RedisValue MetadataIn(RedisValue stored) => Unpack(stored).Metadata is { IsEmpty: false } metadata ? metadata : RedisValue.Null;
}
