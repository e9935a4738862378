using BatchWorker.Lifecycle;

namespace BatchWorker.Providers;

/// <summary>A provider's state of a batch, in one vocabulary for all providers.</summary>
internal enum ProviderPhase
{
    /// <summary>Accepted, nothing runs yet.</summary>
    Validating,

    /// <summary>Running, finalizing or cancelling: not ended; also any status that this version does not know.</summary>
    Running,

    /// <summary>Ended; answers may be downloaded, some of them failures.</summary>
    Completed,

    /// <summary>Refused as a whole; nothing ran and nothing was billed.</summary>
    Failed,

    /// <summary>The window closed; finished answers were billed and may be downloaded.</summary>
    Expired,

    /// <summary>Cancelled by us or in the provider's console; finished answers were billed and may be downloaded.</summary>
    Cancelled,
}

/// <summary>A line of the input that the provider's validation refused.</summary>
/// <param name="Line">1-based line of the input file; null when the provider names none.</param>
/// <param name="Code">The provider's code; an open set.</param>
/// <param name="Message">The provider's text.</param>
internal sealed record ProviderError(int? Line, string Code, string Message);

/// <summary>One look at a provider's batch.</summary>
internal sealed record ProviderBatch
{
    public required string Id { get; init; }

    public required ProviderPhase Phase { get; init; }

    /// <summary>Whether nothing more will happen to it.</summary>
    public bool HasEnded => Phase is not (ProviderPhase.Validating or ProviderPhase.Running);

    /// <summary>Whether it was asked to stop and has not ended yet, where the provider says so: Gemini does not.</summary>
    public bool IsStopping => RawStatus is "cancelling" or "canceling";

    /// <summary>The status as the provider wrote it.</summary>
    public required string RawStatus { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Requests that the provider counts; 0 while it validates.</summary>
    public long RequestCount { get; init; }

    /// <summary>Requests that it reports as done, well or badly.</summary>
    public long DoneCount { get; init; }

    /// <summary>True once the provider began to run requests of this batch: from then on an attempt counts.</summary>
    public bool HasBegun { get; init; }

    /// <summary>What the provider says of the batch as a whole, to hold the books against; null until it has ended and where nothing is said.</summary>
    public ReportedCounts? Reported { get; init; }

    /// <summary>Why the batch failed as a whole; empty otherwise.</summary>
    public IReadOnlyList<ProviderError> Errors { get; init; } = [];

    /// <summary>Where answers are; null or empty strings of the provider are null here.</summary>
    public string? OutputFileId { get; init; }

    /// <summary>Where failures are; null or empty strings of the provider are null here.</summary>
    public string? ErrorFileId { get; init; }

    /// <summary>Whether there may be answers to read. A batch that failed as a whole ran nothing; but should it have files, they were paid for.</summary>
    public bool MayHoldAnswers => (HasEnded && Phase != ProviderPhase.Failed) || OutputFileId is not null || ErrorFileId is not null;

    /// <summary>The uploaded file that it was made from.</summary>
    public string? InputFileId { get; init; }

    /// <summary>Our batch and attempt, where the provider keeps a tag.</summary>
    public SubmissionTag? Tag { get; init; }
}

/// <summary>What names one submission at the provider.</summary>
/// <param name="BatchId">Our batch id.</param>
/// <param name="Attempt">1 for the first create call of the batch; higher after one was proven absent.</param>
internal sealed record SubmissionTag(string BatchId, int Attempt);
