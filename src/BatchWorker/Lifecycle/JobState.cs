namespace BatchWorker.Lifecycle;

/// <summary>Where a job is. The numbers are stored: never renumber.</summary>
internal enum JobState : byte
{
    /// <summary>Waits for a drain.</summary>
    Queued = 1,

    /// <summary>Belongs to a batch that the provider has not acknowledged.</summary>
    Batched = 2,

    /// <summary>
    /// With the provider. Never stored: a batched job is submitted from the moment its batch is,
    /// so that 50,000 jobs move with one write.
    /// </summary>
    Submitted = 3,

    Succeeded = 4,

    /// <summary>The dead letter.</summary>
    Failed = 5,

    Cancelled = 6,
}
