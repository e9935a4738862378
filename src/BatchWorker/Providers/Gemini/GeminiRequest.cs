using System.Buffers;
using System.Text;
using BatchWorker.Lifecycle;

namespace BatchWorker.Providers.Gemini;

/// <summary>The lines of a batch's input and what it may hold.</summary>
internal static class GeminiRequest
{
    /// <summary>
    /// Google states no count (ai.google.dev/gemini-api/docs/batch-api), only the bytes of the file and tokens that depend on the tier. But a batch
    /// that expires gives nothing back, so one is not made larger than the largest that the other providers take.
    /// </summary>
    private const int MaxRequests = 100_000;

    /// <summary>2 GB (ai.google.dev/gemini-api/docs/rate-limits), read as the smaller of its two meanings.</summary>
    private const long MaxBytes = 2_000_000_000;

    private static readonly int JobIdLength = default(JobId).ToString().Length;

    public static BatchLimits Limits { get; } = new(MaxRequests, MaxBytes, int.MaxValue);

    /// <summary>Bytes around a request whose id is a job id; ids need no escapes.</summary>
    public static int Overhead { get; } = BeforeKey.Length + JobIdLength + BeforeRequest.Length + AfterRequest.Length;

    public static void Write(IBufferWriter<byte> output, string customId, ReadOnlySpan<byte> request)
    {
        output.Write(BeforeKey);
        Encoding.UTF8.GetBytes(customId, output);
        output.Write(BeforeRequest);
        output.Write(request);
        output.Write(AfterRequest);
    }

    private static ReadOnlySpan<byte> BeforeKey => "{\"key\":\""u8;

    private static ReadOnlySpan<byte> BeforeRequest => "\",\"request\":"u8;

    private static ReadOnlySpan<byte> AfterRequest => "}\n"u8;
}
