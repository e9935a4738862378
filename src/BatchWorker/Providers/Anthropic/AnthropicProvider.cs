using System.Buffers;
using BatchWorker.Lifecycle;

namespace BatchWorker.Providers.Anthropic;

/// <summary>Anthropic's Message Batches API: one call with the whole input, no file and no tag.</summary>
internal sealed class AnthropicProvider(string? account, AnthropicBatches batches, AnthropicSearch search, AnthropicResults results) : IBatchProvider
{
    public Provider Name => Provider.Anthropic;

    public string? Account => account;

    public string KeyVariable => "ANTHROPIC_API_KEY";

    public bool UploadsInput => false;

    /// <summary>The envelope takes nothing but requests.</summary>
    public bool TagsBatches => false;

    /// <summary>A batch was seen to be unknown a second after its creation, in its middle and after its end (anthropic-sdk-python#1432).</summary>
    public TimeSpan Propagation => TimeSpan.FromMinutes(10);

    public BatchLimits LimitsOf(string endpoint) => AnthropicRequest.Limits;

    public int OverheadOf(Lane lane) => AnthropicRequest.Overhead;

    public void WriteRequest(IBufferWriter<byte> output, Lane lane, string customId, ReadOnlySpan<byte> request) =>
        AnthropicRequest.Write(output, customId, request);

    /// <summary>The input travels within the create call.</summary>
    public Task<Answer<string>> UploadAsync(SpooledFile file, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Anthropic takes no upload.");

    /// <summary>There are no uploads to be found.</summary>
    public Task<Answer<string>> FindUploadAsync(SpooledFile file, CancellationToken cancellationToken) =>
        Task.FromResult<Answer<string>>("");

    public Task<Answer<string>> WatermarkAsync(CancellationToken cancellationToken) =>
        search.NewestAsync(cancellationToken);

    public Task<CreateOutcome> CreateAsync(Submission submission, CancellationToken cancellationToken) =>
        batches.CreateAsync(submission, cancellationToken);

    public Task<Answer<IReadOnlyList<ProviderBatch>>> FindAsync(SubmissionTrace trace, CancellationToken cancellationToken) =>
        search.FindAsync(trace, cancellationToken);

    public Task<Answer<ProviderBatch>> GetAsync(string providerBatchId, CancellationToken cancellationToken) =>
        batches.GetAsync(providerBatchId, cancellationToken);

    public IAsyncEnumerable<ResultLine> ReadResultsAsync(ProviderBatch batch, CancellationToken cancellationToken) =>
        results.ReadAsync(batch, cancellationToken);

    public Task<Answer<ProviderBatch>> CancelAsync(string providerBatchId, CancellationToken cancellationToken) =>
        batches.CancelAsync(providerBatchId, cancellationToken);

    public async Task<ProviderFailure?> ProbeAsync(CancellationToken cancellationToken) =>
        (await search.NewestAsync(cancellationToken)).Failure;

    /// <summary>There are none: the input travelled within the create call, and results end with their batch after 29 days.</summary>
    public Task<ProviderFailure?> DeleteFilesAsync(ProviderFiles files, CancellationToken cancellationToken) =>
        Task.FromResult<ProviderFailure?>(null);
}
