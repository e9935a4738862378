namespace BatchWorker.Telemetry;

/// <summary>Jobs that wait in a lane.</summary>
internal sealed record LaneSample(string Provider, string Endpoint, string Model, string JobType, long Jobs);

/// <summary>What keeps a provider from taking batches; more than one may.</summary>
internal sealed record ProviderSample(string Name, bool Paused, bool Unauthorized, bool Unavailable);

/// <summary>A budget, in USD; of one with a cap for each value that of the value which used the most.</summary>
internal sealed record BudgetSample(string Budget, double Cap, double Used);

/// <summary>What the gauges show.</summary>
internal sealed record QueueSample
{
    /// <summary>Nothing was sampled yet.</summary>
    public static QueueSample None { get; } = new();

    public IReadOnlyList<LaneSample> Waiting { get; init; } = [];

    public long Delayed { get; init; }

    public long Dead { get; init; }

    /// <summary>0 when nothing waits.</summary>
    public long OldestAgeSeconds { get; init; }

    public long ActiveBatches { get; init; }

    public long InDoubtBatches { get; init; }

    public long StuckBatches { get; init; }

    public IReadOnlyList<ProviderSample> Providers { get; init; } = [];

    public IReadOnlyList<BudgetSample> Budgets { get; init; } = [];

    public bool StoreUp { get; init; }

    /// <summary>The store went back in time, not longer than a day ago.</summary>
    public bool RolledBack { get; init; }
}
