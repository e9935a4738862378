using System.Buffers;
using System.Text;
using BatchWorker.Lifecycle;

namespace BatchWorker.Providers.Anthropic;

/// <summary>
/// The requests of a batch and what it may hold (platform.claude.com, build-with-claude/batch-processing: 100,000 requests or 256 MB;
/// the API's description still says 10,000, which is stale). In the spool each request has a line of its own.
/// </summary>
internal static class AnthropicRequest
{
    private const int MaxRequests = 100_000;

    /// <summary>Of "256 MB" the smaller reading: millions of bytes.</summary>
    private const long MaxBodyBytes = 256_000_000;
    private static readonly int s_jobIdLength = default(JobId).ToString().Length;

    /// <summary>What the lines of a batch may take, so that the body around them is within the limit too.</summary>
    public static BatchLimits Limits { get; } = new(MaxRequests, MaxBodyBytes - AnthropicBody.EnvelopeBytes, int.MaxValue);

    /// <summary>Bytes around a request whose id is a job id; ids need no escapes. The newline stands for the comma that is sent.</summary>
    public static int Overhead { get; } = BeforeId.Length + s_jobIdLength + BeforeParams.Length + AfterParams.Length;

    public static void Write(IBufferWriter<byte> output, string customId, ReadOnlySpan<byte> request)
    {
        output.Write(BeforeId);
        Encoding.UTF8.GetBytes(customId, output);
        output.Write(BeforeParams);
        output.Write(request);
        output.Write(AfterParams);
    }

    private static ReadOnlySpan<byte> BeforeId => "{\"custom_id\":\""u8;

    private static ReadOnlySpan<byte> BeforeParams => "\",\"params\":"u8;

    private static ReadOnlySpan<byte> AfterParams => "}\n"u8;
}
