using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using BatchWorker.Lifecycle;
using ZstdSharp;

namespace BatchWorker.Archive;

/// <summary>
/// A frame of a segment: up to 64 results compressed together. On the disk: magic and version (4 bytes), CRC-32 of all that follows (4),
/// compressed length (4), count (2), then the zstd payload. Numbers are little endian.
/// </summary>
internal static class Frame
{
    public const int HeaderSize = 14;
    public const int MostResults = 64;

    /// <summary>Bytes in a frame before compression; a single larger result has a frame of its own.</summary>
    public const int MostBytes = 256 << 10;

    /// <summary>No result is larger than what a provider may answer; anything above is damage.</summary>
    private const int LargestPayload = 256 << 20;
    private const uint Magic = 0x3146_5742;
    private const int ChecksumAt = 4;
    private const int LengthAt = 8;
    private const int CountAt = 12;
    private const int Level = 3;

    /// <summary>Number, flags and length of a result, and the lengths of its error's texts (7-bit encoded, at most 5 bytes each).</summary>
    private const int FixedSize = 8 + 1 + 1 + 4 + 5 + 5;

    /// <summary>Compresses what <see cref="Write"/> wrote and puts the header before it.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> raw, ushort count)
    {
        using var compressor = new Compressor(Level);
        var payload = compressor.Wrap(raw);
        var frame = new byte[HeaderSize + payload.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(LengthAt), payload.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(CountAt), count);
        payload.CopyTo(frame.AsSpan(HeaderSize));
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(ChecksumAt), Crc32.HashToUInt32(frame.AsSpan(LengthAt)));
        return frame;
    }

    /// <summary>Bytes that a result takes before compression, at most.</summary>
    public static long SizeOf(ArchivedResult result) =>
        FixedSize + result.Body.Length + (result.Error is { } error ? Encoding.UTF8.GetByteCount(error.Code) + Encoding.UTF8.GetByteCount(error.Message) : 0);

    public static void Write(BinaryWriter writer, ArchivedResult result)
    {
        writer.Write(result.JobSequence);
        writer.Write(result.Error is not null);
        if (result.Error is { } error)
        {
            writer.Write(error.Code);
            writer.Write(error.Message);
            writer.Write(error.Retryable);
        }
        writer.Write(result.Body.Length);
        writer.Write(result.Body.Span);
    }

    /// <summary>Length of the whole frame; null when the header is not one.</summary>
    public static int? LengthOf(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic)
        {
            return null;
        }
        var payload = BinaryPrimitives.ReadInt32LittleEndian(header[LengthAt..]);
        return payload is < 0 or > LargestPayload ? null : HeaderSize + payload;
    }

    /// <summary>The frame without the content of one result; now and then larger than before, as what is erased may be what others were compressed by.
    /// Null when it is damaged or has no such result.</summary>
    public static byte[]? Erase(ReadOnlySpan<byte> frame, int index)
    {
        if (Decode(frame) is not { } results || index >= results.Count)
        {
            return null;
        }
        using var raw = new MemoryStream();
        using var writer = new BinaryWriter(raw, Encoding.UTF8);
        foreach (var (place, result) in results.Index())
        {
            Write(writer, place == index ? result with { Body = default, Error = result.Error is { } error ? error with { Message = "" } : null } : result);
        }
        return Seal(raw.GetBuffer().AsSpan(0, (int)raw.Length), (ushort)results.Count);
    }

    /// <summary>Null when the frame is damaged; bytes behind it are passed over.</summary>
    public static IReadOnlyList<ArchivedResult>? Decode(ReadOnlySpan<byte> frame)
    {
        if (LengthOf(frame) is not { } length || length > frame.Length)
        {
            return null;
        }
        frame = frame[..length];
        if (BinaryPrimitives.ReadUInt32LittleEndian(frame[ChecksumAt..]) != Crc32.HashToUInt32(frame[LengthAt..]))
        {
            return null;
        }
        using var decompressor = new Decompressor();
        using var reader = new BinaryReader(new MemoryStream(decompressor.Unwrap(frame[HeaderSize..]).ToArray()), Encoding.UTF8);
        var results = new ArchivedResult[BinaryPrimitives.ReadUInt16LittleEndian(frame[CountAt..])];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = Read(reader);
        }
        return results;
    }

    private static ArchivedResult Read(BinaryReader reader)
    {
        var sequence = reader.ReadInt64();
        var error = reader.ReadBoolean() ? new JobError(reader.ReadString(), reader.ReadString(), reader.ReadBoolean()) : null;
        return new ArchivedResult(sequence, reader.ReadBytes(reader.ReadInt32()), error);
    }
}
