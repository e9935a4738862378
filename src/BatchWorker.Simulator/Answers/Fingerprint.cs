using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace BatchWorker.Simulator.Answers;

/// <summary>The first 64 bits of a SHA-256.</summary>
internal readonly record struct Fingerprint(ulong Bits)
{
    public static Fingerprint Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return new Fingerprint(BinaryPrimitives.ReadUInt64BigEndian(hash));
    }

    public static Fingerprint Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>16 lower-case hexadecimal digits.</summary>
    public override string ToString() => Bits.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}
