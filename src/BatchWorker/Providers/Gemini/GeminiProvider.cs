using System.Buffers;
using BatchWorker.Lifecycle;

namespace BatchWorker.Providers.Gemini;

/// <summary>The Gemini Batch API, always with an input file.</summary>
internal sealed class GeminiProvider(string? account, GeminiStorage storage, GeminiBatches batches, GeminiSearch search, GeminiResults results) : IBatchProvider
{
    public Provider Name => Provider.Gemini;

    public string? Account => account;

    public string KeyVariable => "GEMINI_API_KEY";

    public bool UploadsInput => true;

    /// <summary>Aims at 24 h, expires after 48 (ai.google.dev/gemini-api/docs/batch-api).</summary>
    public TimeSpan Window => TimeSpan.FromHours(48);

    public BatchLimits LimitsOf(string endpoint) => GeminiRequest.Limits;

    public int OverheadOf(Lane lane) => GeminiRequest.Overhead;

    /// <summary>The model is not in the request: it goes to the address of the create call.</summary>
    public void WriteRequest(IBufferWriter<byte> output, Lane lane, string customId, ReadOnlySpan<byte> request) =>
        GeminiRequest.Write(output, customId, request);

    public Task<Answer<string>> UploadAsync(SpooledFile file, CancellationToken cancellationToken) =>
        storage.Upload.SendAsync(file, cancellationToken);

    public Task<Answer<string>> FindUploadAsync(SpooledFile file, CancellationToken cancellationToken) =>
        storage.Files.FindAsync(file, cancellationToken);

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
        storage.Cleaner.DeleteAsync(left, cancellationToken);

    public Task<ProviderFailure?> ProbeAsync(CancellationToken cancellationToken) =>
        batches.ProbeAsync(cancellationToken);
}

/// <summary>What handles files at Google.</summary>
internal sealed record GeminiStorage(GeminiFiles Files, GeminiUpload Upload, GeminiCleaner Cleaner);
