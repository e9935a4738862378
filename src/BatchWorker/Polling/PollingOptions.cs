namespace BatchWorker.Polling;

/// <summary>How batches are followed.</summary>
internal sealed record PollingOptions
{
    /// <summary>The shortest time between two polls of one batch; default 60 s.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a create call of unknown outcome is looked for before it counts as absent; default 900 s.</summary>
    public TimeSpan ReconcileGrace { get; init; } = TimeSpan.FromSeconds(900);

    /// <summary>How long beyond its provider's window a batch may run before it raises an alarm and is cancelled; default 2 h.</summary>
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How long after that cancel the provider has to end it before it is given up; default 24 h, zero for never.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long a batch may be in doubt before it is said aloud that only an operator can decide; default 26 h.</summary>
    public TimeSpan QuarantineAfter { get; init; } = TimeSpan.FromHours(26);

    /// <summary>Batches that are polled at a time; default 8.</summary>
    public int Parallel { get; init; } = 8;
}
