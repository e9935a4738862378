namespace BatchWorker.Queue;

/// <summary>Up to 1,000 job numbers in the order of the batch file: the first as it is, then signed differences, all as varints.</summary>
internal static class ManifestCodec
{
    public static byte[] Encode(IReadOnlyList<long> sequences)
    {
        using var bytes = new MemoryStream(sequences.Count * 2 + 8);
        long last = 0;
        foreach (var sequence in sequences)
        {
            Put(bytes, Zigzag(sequence - last));
            last = sequence;
        }
        return bytes.ToArray();
    }

    public static List<long> Decode(ReadOnlySpan<byte> bytes)
    {
        var sequences = new List<long>();
        long last = 0;
        for (var at = 0; at < bytes.Length;)
        {
            ulong value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var part = bytes[at++];
                value |= (ulong)(part & 0x7f) << shift;
                if (part < 0x80)
                {
                    break;
                }
            }
            last += Unzigzag(value);
            sequences.Add(last);
        }
        return sequences;
    }

    private static void Put(MemoryStream bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.WriteByte((byte)(value | 0x80));
        }
        bytes.WriteByte((byte)value);
    }

    private static ulong Zigzag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static long Unzigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
