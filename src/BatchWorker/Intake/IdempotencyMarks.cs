using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using BatchWorker.Queue;

namespace BatchWorker.Intake;

/// <summary>Makes what is remembered of an idempotency key, and checks the key.</summary>
internal static class IdempotencyMarks
{
    public const string KeyRule = "1 to 255 visible ASCII characters are expected.";
    private const int LongestKey = 255;

    /// <summary>1 to 255 visible ASCII characters.</summary>
    public static bool IsKey(string key) => key.Length is >= 1 and <= LongestKey && key.All(character => character is > ' ' and < (char)0x7f);

    /// <param name="owner">Name of the API key that posted the job: keys of different owners never meet.</param>
    /// <param name="key">The caller's key.</param>
    /// <param name="job">The job as the caller meant it.</param>
    public static IdempotencyMark Of(string owner, string key, NewJob job)
    {
        var name = SHA256.HashData(Encoding.UTF8.GetBytes(owner + "\0" + key));
        return new IdempotencyMark(name[..IdempotencyKeys.KeySize], Content(job)[..IdempotencyKeys.ContentSize]);
    }

    private static byte[] Content(NewJob job)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, Encoding.UTF8.GetBytes(job.Lane.ToString()));
        Add(hash, job.Data.Span);
        Add(hash, job.Metadata.Span);
        Span<byte> numbers = stackalloc byte[24];
        BinaryPrimitives.WriteInt32LittleEndian(numbers, job.Priority);
        BinaryPrimitives.WriteInt32LittleEndian(numbers[4..], job.MaxAttempts);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[8..], job.NotBefore?.ToUnixTimeMilliseconds() ?? 0);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[16..], job.Deadline?.ToUnixTimeMilliseconds() ?? 0);
        Add(hash, numbers);
        if (job.CallbackUrl is { } callback)
        {
            Add(hash, Encoding.ASCII.GetBytes(callback));
        }
        return hash.GetHashAndReset();
    }

    /// <summary>With its length before it, so that no two lists of parts look the same.</summary>
    private static void Add(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
