using System.Buffers.Binary;
using System.IO.Hashing;
using ZstdSharp;

namespace BatchWorker.Queue;

/// <summary>A job's request as it is stored beside its state.</summary>
/// <param name="Data">The caller's data.</param>
/// <param name="Idempotency">What was remembered of its key, so that a torn enqueue can be finished.</param>
internal sealed record StoredRequest(ReadOnlyMemory<byte> Data, IdempotencyMark? Idempotency);

/// <summary>
/// Codec tag, CRC of what follows, then the packed request, compressed when that makes it smaller.
/// A tag above 1 will name the dictionary that a body was compressed with.
/// </summary>
internal static class RequestCodec
{
    private const byte Plain = 0;
    private const byte Zstd = 1;

    /// <summary>Tags that later versions may give; beyond them a tag is damaged.</summary>
    private const byte LastTag = 31;
    private const int HeaderSize = 5;
    private const int Level = 1;
    private const int LargestRequest = 64 << 20;

    [ThreadStatic]
    private static Compressor? s_compressor;

    [ThreadStatic]
    private static Decompressor? s_decompressor;

    public static byte[] Encode(StoredRequest request)
    {
        var raw = Join(request);
        var compressor = s_compressor ??= new Compressor(Level);
        var packed = new byte[HeaderSize + Compressor.GetCompressBound(raw.Length)];
        var length = compressor.Wrap(raw, packed.AsSpan(HeaderSize));
        if (length < raw.Length)
        {
            return Seal(Zstd, packed.AsSpan(0, HeaderSize + length).ToArray());
        }
        raw.CopyTo(packed.AsSpan(HeaderSize));
        return Seal(Plain, packed.AsSpan(0, HeaderSize + raw.Length).ToArray());
    }

    /// <summary>Null when the bytes are damaged. Throws <see cref="InvalidDataException"/> for those that a later version has packed: they are no loss.</summary>
    public static StoredRequest? Decode(ReadOnlySpan<byte> stored)
    {
        if (stored.Length < HeaderSize || BinaryPrimitives.ReadUInt32BigEndian(stored[1..]) != Crc32.HashToUInt32(stored[HeaderSize..]))
        {
            return null;
        }
        var payload = stored[HeaderSize..];
        return stored[0] switch
        {
            Plain => Split(payload.ToArray()),
            Zstd => Inflate(payload) is { } raw ? Split(raw) : null,
            <= LastTag and var later => throw new InvalidDataException($"A request is packed by codec {later}; this version knows {Plain} and {Zstd}."),
            _ => null,
        };
    }

    private static byte[]? Inflate(ReadOnlySpan<byte> payload)
    {
        if (Decompressor.GetDecompressedSize(payload) > LargestRequest)
        {
            return null;
        }
        try
        {
            return (s_decompressor ??= new Decompressor()).Unwrap(payload).ToArray();
        }
        catch (ZstdException)
        {
            return null;
        }
    }

    private static byte[] Seal(byte tag, byte[] packed)
    {
        packed[0] = tag;
        BinaryPrimitives.WriteUInt32BigEndian(packed.AsSpan(1), Crc32.HashToUInt32(packed.AsSpan(HeaderSize)));
        return packed;
    }

    private static byte[] Join(StoredRequest request)
    {
        var mark = request.Idempotency;
        var header = 1 + (mark is null ? 0 : IdempotencyKeys.KeySize + IdempotencyKeys.ContentSize);
        var raw = new byte[header + request.Data.Length];
        raw[0] = (byte)(mark is null ? 0 : 1);
        mark?.Key.CopyTo(raw, 1);
        mark?.Content.CopyTo(raw, 1 + IdempotencyKeys.KeySize);
        request.Data.Span.CopyTo(raw.AsSpan(header));
        return raw;
    }

    private static StoredRequest Split(byte[] raw)
    {
        if (raw[0] == 0)
        {
            return new StoredRequest(raw.AsMemory(1), null);
        }
        const int content = 1 + IdempotencyKeys.KeySize;
        const int data = content + IdempotencyKeys.ContentSize;
        return new StoredRequest(raw.AsMemory(data), new IdempotencyMark(raw[1..content], raw[content..data]));
    }
}
