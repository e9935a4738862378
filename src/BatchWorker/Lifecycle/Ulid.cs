using System.Diagnostics.CodeAnalysis;

namespace BatchWorker.Lifecycle;

/// <summary>
/// A ULID whose 80 bits of entropy carry a sequence: 48 bits of Unix milliseconds, 40 bits of sequence, 40 random bits.
/// The sequence leads to the record without a map; the random tail keeps ids from being guessed.
/// </summary>
/// <param name="TimeMs">Unix time in milliseconds, 48 bits.</param>
/// <param name="Sequence">The ledger's number of the entity, 40 bits.</param>
/// <param name="Tail">Random bits, stored with the record and compared on every look-up, 40 bits.</param>
internal readonly record struct Ulid(long TimeMs, long Sequence, long Tail)
{
    /// <summary>Characters of Crockford base32 in a ULID.</summary>
    public const int Length = 26;

    /// <summary>The largest value of <see cref="Sequence"/> and <see cref="Tail"/>.</summary>
    public const long Max40 = (1L << 40) - 1;

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private UInt128 Bits => ((UInt128)(ulong)TimeMs << 80) | ((UInt128)(ulong)Sequence << 40) | (ulong)Tail;

    /// <summary>The 26 characters.</summary>
    public override string ToString() => string.Create(Length, Bits, static (text, bits) =>
    {
        for (var i = Length - 1; i >= 0; i--, bits >>= 5)
        {
            text[i] = Alphabet[(int)(bits & 31)];
        }
    });

    /// <summary>Reads 26 upper-case characters; anything else is no id of ours.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ulid id)
    {
        id = default;
        if (text.Length != Length || text[0] > '7')
        {
            return false;
        }
        UInt128 bits = 0;
        foreach (var c in text)
        {
            var digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }
            bits = (bits << 5) | (uint)digit;
        }
        id = new Ulid((long)(ulong)(bits >> 80), (long)(ulong)(bits >> 40) & Max40, (long)(ulong)bits & Max40);
        return true;
    }

    internal static bool TryParse([NotNullWhen(true)] string? text, string prefix, out Ulid id)
    {
        id = default;
        return text is not null && text.StartsWith(prefix, StringComparison.Ordinal) && TryParse(text.AsSpan(prefix.Length), out id);
    }
}
