using System.Buffers;
using BatchWorker.Lifecycle;

namespace BatchWorker.Providers.OpenAi;

/// <summary>The OpenAI Batch API.</summary>
internal sealed class OpenAiProvider(string? account, OpenAiFiles files, OpenAiBatches batches, OpenAiSearch search, OpenAiResults results, OpenAiCleaner cleaner) : IBatchProvider
{
    public Provider Name => Provider.OpenAi;

    public string? Account => account;

    public string KeyVariable => "OPENAI_API_KEY";

    public bool UploadsInput => true;

    public BatchLimits LimitsOf(string endpoint) => OpenAiRequest.LimitsOf(endpoint);

    public int OverheadOf(Lane lane) => OpenAiRequest.OverheadOf(lane.Endpoint);

    public void WriteRequest(IBufferWriter<byte> output, Lane lane, string customId, ReadOnlySpan<byte> request) =>
        OpenAiRequest.Write(output, lane.Endpoint, customId, request);

    public Task<Answer<string>> UploadAsync(SpooledFile file, CancellationToken cancellationToken) =>
        files.UploadAsync(file, cancellationToken);

    public Task<Answer<string>> FindUploadAsync(SpooledFile file, CancellationToken cancellationToken) =>
        files.FindAsync(file, cancellationToken);

    /// <summary>Not needed: batches carry our tag.</summary>
    public Task<Answer<string>> WatermarkAsync(CancellationToken cancellationToken) => Task.FromResult<Answer<string>>("");

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

    public Task<ProviderFailure?> DeleteFilesAsync(ProviderFiles left, CancellationToken cancellationToken) =>
        cleaner.DeleteAsync(left, cancellationToken);

    public Task<ProviderFailure?> ProbeAsync(CancellationToken cancellationToken) =>
        batches.ProbeAsync(cancellationToken);
}
