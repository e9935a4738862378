using System.Security.Cryptography;

namespace BatchWorker.Queue;

/// <summary>The 40 random bits at the end of an id.</summary>
internal static class RandomTail
{
    public static long Next()
    {
        Span<byte> random = stackalloc byte[5];
        RandomNumberGenerator.Fill(random);
        return new PackedReader(random).Take(5);
    }
}
