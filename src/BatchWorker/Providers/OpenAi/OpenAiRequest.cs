using System.Buffers;
using System.Text;
using BatchWorker.Lifecycle;

namespace BatchWorker.Providers.OpenAi;

/// <summary>
/// The lines of a batch's input and what it may hold
/// (developers.openai.com/api/docs/guides/batch; the 50,000 embedding inputs: OpenAPI document 2.3.0, createBatch).
/// </summary>
internal static class OpenAiRequest
{
    private const string Embeddings = "/v1/embeddings";
    private const int MaxRequests = 50_000;
    private const long MaxBytes = 200_000_000;
    private static readonly int JobIdLength = default(JobId).ToString().Length;

    public static BatchLimits LimitsOf(string endpoint) =>
        new(MaxRequests, MaxBytes, endpoint is Embeddings ? MaxRequests : int.MaxValue);

    /// <summary>Bytes around a request whose id is a job id; ids and endpoints need no escapes.</summary>
    public static int OverheadOf(string endpoint) =>
        BeforeId.Length + JobIdLength + BeforeUrl.Length + Encoding.UTF8.GetByteCount(endpoint) + BeforeBody.Length + AfterBody.Length;

    public static void Write(IBufferWriter<byte> output, string endpoint, string customId, ReadOnlySpan<byte> request)
    {
        output.Write(BeforeId);
        Encoding.UTF8.GetBytes(customId, output);
        output.Write(BeforeUrl);
        Encoding.UTF8.GetBytes(endpoint, output);
        output.Write(BeforeBody);
        output.Write(request);
        output.Write(AfterBody);
    }

    private static ReadOnlySpan<byte> BeforeId => "{\"custom_id\":\""u8;

    private static ReadOnlySpan<byte> BeforeUrl => "\",\"method\":\"POST\",\"url\":\""u8;

    private static ReadOnlySpan<byte> BeforeBody => "\",\"body\":"u8;

    private static ReadOnlySpan<byte> AfterBody => "}\n"u8;
}
