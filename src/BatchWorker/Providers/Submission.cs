using BatchWorker.Lifecycle;

namespace BatchWorker.Providers;

/// <summary>The spooled input of one batch.</summary>
/// <param name="Path">The file on our disk.</param>
/// <param name="Name">Its name at the provider: <c>bw-BATCH-SHA8.jsonl</c>.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Hash of its content, lower-case hex.</param>
internal sealed record SpooledFile(string Path, string Name, long Bytes, string Sha256);

/// <summary>Everything that the create call needs.</summary>
/// <param name="Tag">Names the submission, so that it can be found again.</param>
/// <param name="Lane">Endpoint and model.</param>
/// <param name="File">The spooled input; sent inline where the provider takes no upload.</param>
/// <param name="InputFileId">The uploaded input; null where the provider takes no upload.</param>
/// <param name="RequestCount">Lines in the file.</param>
internal sealed record Submission(SubmissionTag Tag, Lane Lane, SpooledFile File, string? InputFileId, int RequestCount);

/// <summary>What was written down before a create call; enough to find its batch among all batches of the account.</summary>
/// <param name="Tag">The tag that was sent.</param>
/// <param name="InputFileId">The uploaded input, if any.</param>
/// <param name="RequestCount">Requests inside; 0 finds batches of any size where the provider keeps no tag.</param>
/// <param name="SentAfter">The call was not sent before this moment.</param>
/// <param name="Watermark">The newest provider batch before the call, where the provider keeps no tag.</param>
internal sealed record SubmissionTrace(SubmissionTag Tag, string? InputFileId, int RequestCount, DateTimeOffset SentAfter, string? Watermark)
{
    /// <summary>Its batch was not created after this moment; null when that is not known.</summary>
    public DateTimeOffset? EndedBy { get; init; }
}
