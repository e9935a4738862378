namespace BatchWorker.Control;

/// <summary>The body of a drain by hand, for the API description; <see cref="ProcessBody"/> reads it. Members left out take everything.</summary>
/// <param name="JobType">Only jobs of this type.</param>
/// <param name="Provider">Only jobs of this provider: openai, anthropic or gemini.</param>
/// <param name="MaxJobs">Most jobs over all lanes, by priority, then age.</param>
/// <param name="Wait">Whether to answer when everything claimed is submitted; default false.</param>
/// <param name="WaitSeconds">Seconds to wait at most, up to 3600; default 60.</param>
internal sealed record ProcessRequest(string? JobType = null, string? Provider = null, int? MaxJobs = null, bool? Wait = null, int? WaitSeconds = null);

/// <summary>The same for every lane.</summary>
/// <inheritdoc cref="ProcessRequest"/>
internal sealed record ProcessAllRequest(int? MaxJobs = null, bool? Wait = null, int? WaitSeconds = null);

/// <summary>The body of a resolution, for the API description; <see cref="ResolveBody"/> reads it. Exactly one member.</summary>
/// <param name="ProviderBatchId">The provider's id of the batch.</param>
/// <param name="Absent">true: the provider has no such batch.</param>
internal sealed record ResolveRequest(string? ProviderBatchId = null, bool? Absent = null);
