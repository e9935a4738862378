namespace BatchWorker.Results;

/// <summary>How answers are stored and what becomes of jobs without a good one.</summary>
internal sealed record ResultsOptions
{
    /// <summary>Waits before attempt 2, 3, …; the last one repeats. Default 60 s, 300 s, 900 s, 3600 s.</summary>
    public IReadOnlyList<TimeSpan> RetryBackoff { get; init; } =
        [TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(300), TimeSpan.FromSeconds(900), TimeSpan.FromSeconds(3600)];

    /// <summary>The shortest time before a retrieval that failed is tried again; default 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Batches that are retrieved at a time; default 2: each may hold some megabytes of answers.</summary>
    public int Parallel { get; init; } = 2;
}
