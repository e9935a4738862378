namespace BatchWorker.Control;

/// <summary>The body of a drain by hand, for the API description; <see cref="ProcessBody"/> reads it. Members left out take everything.</summary>
/// <param name="JobType">Only jobs of this type.</param>
/// <param name="Provider">Only jobs of this provider: openai, anthropic or gemini.</param>
/// <param name="MaxJobs">Most jobs over all lanes, by priority, then age.</param>
/// <param name="Wait">Whether to answer when everything claimed is submitted; default false.</param>
/// <param name="WaitSeconds">Seconds to wait at most, up to 3600; default 60.</param>
/// <param name="DryRun">true: nothing is done, the answer says what would be; default false.</param>
internal sealed record ProcessRequest(string? JobType = null, string? Provider = null, int? MaxJobs = null, bool? Wait = null, int? WaitSeconds = null, bool? DryRun = null);

/// <summary>The same for every lane.</summary>
/// <inheritdoc cref="ProcessRequest"/>
internal sealed record ProcessAllRequest(int? MaxJobs = null, bool? Wait = null, int? WaitSeconds = null, bool? DryRun = null);

/// <summary>The body of a resolution, for the API description; <see cref="ResolveBody"/> reads it. Exactly one member.</summary>
/// <param name="ProviderBatchId">The provider's id of the batch.</param>
/// <param name="Absent">true: the provider has no such batch.</param>
internal sealed record ResolveRequest(string? ProviderBatchId = null, bool? Absent = null);

/// <summary>Calls made in real time, for the API description; <see cref="RealtimeCallEndpoints"/> reads it.</summary>
/// <param name="JobType">What they were for.</param>
/// <param name="Count">How many; added to what the day has.</param>
/// <param name="Date">UTC day; default today.</param>
internal sealed record RealtimeCallsRequest(string JobType, int Count, DateOnly? Date = null);

/// <summary>The body of an action on many jobs, for the API description; <see cref="BulkBody"/> reads it.</summary>
/// <param name="Filter">Which jobs; members combine with AND, <c>{}</c> means all.</param>
/// <param name="Max">Most jobs to change, the newest first; all are counted.</param>
/// <param name="DryRun">true: only counts.</param>
internal sealed record BulkRequest(BulkFilterRequest Filter, int? Max = null, bool? DryRun = null);

/// <summary>Which jobs an action means.</summary>
/// <param name="Status">Comma list of queued, batched, submitted, succeeded, failed, cancelled.</param>
/// <param name="JobType">Comma list of job types.</param>
/// <param name="Provider">Comma list of openai, anthropic, gemini.</param>
/// <param name="BatchId">Jobs that were ever in this batch.</param>
/// <param name="ErrorCode">Failed jobs whose error has this code.</param>
internal sealed record BulkFilterRequest(string? Status = null, string? JobType = null, string? Provider = null, string? BatchId = null, string? ErrorCode = null);
