using System.Buffers;
using System.Text;
using BatchWorker.Lifecycle;

namespace BatchWorker.Providers.OpenAi;

/// <summary>OpenAI's Batch API as a provider.</summary>
internal sealed class OpenAiProvider(OpenAiOptions options, OpenAiFiles files, OpenAiBatches batches, OpenAiResults results) : IBatchProvider
{
    /// <summary>"200 MB": kept in its smaller reading, 200,000,000 bytes.</summary>
    private const long MostBytes = 200_000_000;
    private const int MostRequests = 50_000;
    private const int MostEmbeddingInputs = 50_000;
    private const string Embeddings = "/v1/embeddings";

    public Provider Name => Provider.OpenAi;

    public string? Account => options.Account;

    public string KeyVariable => "OPENAI_API_KEY";

    public bool UploadsInput => true;

    public BatchLimits LimitsOf(string endpoint) => new(MostRequests, MostBytes, endpoint == Embeddings ? MostEmbeddingInputs : int.MaxValue);

    public int OverheadOf(Lane lane) => Head.Length + JobIdLength + Middle.Length + Encoding.UTF8.GetByteCount(lane.Endpoint) + Neck.Length + Tail.Length;

    public void WriteRequest(IBufferWriter<byte> output, Lane lane, string customId, ReadOnlySpan<byte> request)
    {
        output.Write(Head);
        Encoding.UTF8.GetBytes(customId, output);
        output.Write(Middle);
        Encoding.UTF8.GetBytes(lane.Endpoint, output);
        output.Write(Neck);
        output.Write(request);
        output.Write(Tail);
    }

    public Task<Answer<string>> UploadAsync(SpooledFile file, CancellationToken cancellationToken) => files.UploadAsync(file, cancellationToken);

    public Task<Answer<string>> FindUploadAsync(SpooledFile file, CancellationToken cancellationToken) => files.FindAsync(file, cancellationToken);

    /// <summary>None is needed: a batch carries our tag.</summary>
    public Task<Answer<string>> WatermarkAsync(CancellationToken cancellationToken) => Task.FromResult<Answer<string>>("");

    public Task<CreateOutcome> CreateAsync(Submission submission, CancellationToken cancellationToken) => batches.CreateAsync(submission, cancellationToken);

    public Task<Answer<IReadOnlyList<ProviderBatch>>> FindAsync(SubmissionTrace trace, CancellationToken cancellationToken) => batches.FindAsync(trace, cancellationToken);

    public Task<Answer<ProviderBatch>> GetAsync(string providerBatchId, CancellationToken cancellationToken) => batches.GetAsync(providerBatchId, cancellationToken);

    public IAsyncEnumerable<ResultLine> ReadResultsAsync(ProviderBatch batch, CancellationToken cancellationToken) => results.ReadAsync(batch, cancellationToken);

    public Task<Answer<ProviderBatch>> CancelAsync(string providerBatchId, CancellationToken cancellationToken) => batches.CancelAsync(providerBatchId, cancellationToken);

    public Task<ProviderFailure?> ProbeAsync(CancellationToken cancellationToken) => batches.ProbeAsync(cancellationToken);

    private const int JobIdLength = 30;

    private static ReadOnlySpan<byte> Head => "{\"custom_id\":\""u8;

    private static ReadOnlySpan<byte> Middle => "\",\"method\":\"POST\",\"url\":\""u8;

    private static ReadOnlySpan<byte> Neck => "\",\"body\":"u8;

    private static ReadOnlySpan<byte> Tail => "}\n"u8;
}
