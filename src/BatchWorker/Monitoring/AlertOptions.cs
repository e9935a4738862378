namespace BatchWorker.Monitoring;

/// <summary>When alerts begin.</summary>
internal sealed record AlertOptions
{
    /// <summary>Percent of the batches that ended in a day, of at least five; default 10.</summary>
    public decimal FailurePercent { get; init; } = 10;

    /// <summary>Hours since a batch was submitted; default 48.</summary>
    public decimal StaleHours { get; init; } = 48;

    /// <summary>Waiting jobs; default 10,000.</summary>
    public long QueueSize { get; init; } = 10_000;

    /// <summary>USD from one savings milestone to the next; 0 for none; default 1,000.</summary>
    public decimal SavingsStep { get; init; } = 1_000;
}
