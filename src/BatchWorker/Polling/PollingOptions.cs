namespace BatchWorker.Polling;

/// <summary>How batches are followed.</summary>
internal sealed record PollingOptions
{
    /// <summary>The shortest time between two polls of one batch; default 60 s.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a create call of unknown outcome is looked for before it counts as absent; default 900 s.</summary>
    public TimeSpan ReconcileGrace { get; init; } = TimeSpan.FromSeconds(900);

    /// <summary>Batches that are polled at a time; default 8.</summary>
    public int Parallel { get; init; } = 8;
}
