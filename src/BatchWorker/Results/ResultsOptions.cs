namespace BatchWorker.Results;

/// <summary>How answers are stored, what becomes of jobs without a good one, and how long all of it is kept.</summary>
internal sealed record ResultsOptions
{
    /// <summary>Waits before attempt 2, 3, …; the last one repeats. Default 60 s, 300 s, 900 s, 3600 s.</summary>
    public IReadOnlyList<TimeSpan> RetryBackoff { get; init; } =
        [TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(300), TimeSpan.FromSeconds(900), TimeSpan.FromSeconds(3600)];

    /// <summary>The shortest time before a retrieval that failed is tried again; default 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Batches that are retrieved at a time; default 2: each may hold some megabytes of answers.</summary>
    public int Parallel { get; init; } = 2;

    /// <summary>How long a job, its result and its money are kept after its end; default 30 days.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long after a batch's end the provider's copies of its input and output are deleted; default 7 days, null for never.</summary>
    public TimeSpan? ProviderFileAge { get; init; } = TimeSpan.FromDays(7);
}
