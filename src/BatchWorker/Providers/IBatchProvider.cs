using System.Buffers;
using BatchWorker.Lifecycle;

namespace BatchWorker.Providers;

/// <summary>
/// One provider's batch API. Expected failures are values; an exception is a surprise.
/// Reads are retried inside; <see cref="CreateAsync"/> is sent exactly once.
/// </summary>
internal interface IBatchProvider
{
    Provider Name { get; }

    /// <summary>Fingerprint of base URL and key, 16 hex digits: which account a batch belongs to. Null without a key.</summary>
    string? Account { get; }

    /// <summary>The variable that must hold the key, for messages.</summary>
    string KeyVariable { get; }

    /// <summary>Whether the input is uploaded as a file before the create call.</summary>
    bool UploadsInput { get; }

    /// <summary>Whether a batch carries our tag. Where it does not, one is recognised only by time and count, and for certain only by its results.</summary>
    bool TagsBatches => true;

    /// <summary>How long parts of the provider may not know a batch that exists: until then a 404 says nothing.</summary>
    TimeSpan Propagation => TimeSpan.Zero;

    /// <summary>How long a batch may take at the provider; then it expires. Default 24 h.</summary>
    TimeSpan Window => TimeSpan.FromHours(24);

    BatchLimits LimitsOf(string endpoint);

    /// <summary>Bytes that <see cref="WriteRequest"/> adds around a request of this lane, newline included.</summary>
    int OverheadOf(Lane lane);

    /// <summary>Writes one line of the input: the request as the caller gave it, under our id.</summary>
    void WriteRequest(IBufferWriter<byte> output, Lane lane, string customId, ReadOnlySpan<byte> request);

    /// <summary>Uploads the input; the value is the provider's file id.</summary>
    Task<Answer<string>> UploadAsync(SpooledFile file, CancellationToken cancellationToken);

    /// <summary>Looks for an upload of this name and length; an empty string when there is none.</summary>
    Task<Answer<string>> FindUploadAsync(SpooledFile file, CancellationToken cancellationToken);

    /// <summary>The newest batch of the account, taken before the create call where the provider keeps no tag; an empty string when none is needed or there is none.</summary>
    Task<Answer<string>> WatermarkAsync(CancellationToken cancellationToken);

    /// <summary>Creates the batch: the call that spends money. No retry of any kind.</summary>
    Task<CreateOutcome> CreateAsync(Submission submission, CancellationToken cancellationToken);

    /// <summary>All batches of the account that this submission may have created, oldest first.</summary>
    Task<Answer<IReadOnlyList<ProviderBatch>>> FindAsync(SubmissionTrace trace, CancellationToken cancellationToken);

    Task<Answer<ProviderBatch>> GetAsync(string providerBatchId, CancellationToken cancellationToken);

    /// <summary>Streams all result lines of an ended batch, answers first, failures after them; throws <see cref="ProviderReadException"/> when the provider stops delivering.</summary>
    IAsyncEnumerable<ResultLine> ReadResultsAsync(ProviderBatch batch, CancellationToken cancellationToken);

    /// <summary>Asks the provider to stop; the value is the batch as it is then.</summary>
    Task<Answer<ProviderBatch>> CancelAsync(string providerBatchId, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes the provider's copies of an ended batch's input and output. What is gone already counts as deleted, so it may be repeated;
    /// null when nothing is left that can be deleted.
    /// </summary>
    Task<ProviderFailure?> DeleteFilesAsync(ProviderFiles files, CancellationToken cancellationToken);

    /// <summary>A free list call: is the key valid and the provider there? Null when all is well.</summary>
    Task<ProviderFailure?> ProbeAsync(CancellationToken cancellationToken);
}
