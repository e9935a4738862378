using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>Begins drains and plans them; handed in by the root.</summary>
internal interface IDrainDesk
{
    /// <summary>Writes a run down and drains it in the background.</summary>
    Task<RunRecord> BeginAsync(string trigger, RunFilter filter);

    /// <summary>What a drain would do now; changes nothing.</summary>
    Task<PlanAnswer> PlanAsync(RunFilter filter, CancellationToken cancellationToken);
}

/// <summary>Knows the providers; handed in by the root.</summary>
internal interface IProviderDesk
{
    /// <summary>Whether a provider has a key.</summary>
    bool IsConfigured(Provider provider);

    /// <summary>Asks a provider whether it knows a batch; null when it can not be asked.</summary>
    Task<bool?> KnowsAsync(Provider provider, string providerBatchId, CancellationToken cancellationToken);

    /// <summary>How long a batch may take at a provider.</summary>
    TimeSpan WindowOf(Provider provider);

    /// <summary>Asks a provider that is away whether it is back.</summary>
    Task ProbeAsync(CancellationToken cancellationToken);
}

/// <summary>Knows the schedule; handed in by the root.</summary>
internal interface IScheduleDesk
{
    /// <summary>The schedule in words: cron expression and zone.</summary>
    string Schedule { get; }

    /// <summary>The next drain; null when there is none.</summary>
    Task<DateTimeOffset?> NextRunAtAsync();

    /// <summary>The next slots of the schedule, as many as there are up to a number.</summary>
    IReadOnlyList<DateTimeOffset> NextRuns(int most);
}
