namespace BatchWorker.Batching;

/// <summary>How batches are made and submitted.</summary>
internal sealed record BatchingOptions
{
    /// <summary>Where input files are written before they are sent.</summary>
    public required string SpoolDirectory { get; init; }

    /// <summary>Batches that are spooled, uploaded and created at a time; default 4.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>Whether jobs that came back are sent at once or wait for the schedule; default true: at once.</summary>
    public bool CarryOver { get; init; } = true;

    /// <summary>The shortest time before a step that failed is tried again; doubles up to ten minutes.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a batch whose provider is closed rests before it is looked at again; default 2 s.</summary>
    public TimeSpan LookAgain { get; init; } = TimeSpan.FromSeconds(2);
}
