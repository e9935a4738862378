using BatchWorker.Batching;
using BatchWorker.Control;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Tests.Control;

/// <summary>Begins runs in the ledger and leaves the rest to the test.</summary>
internal sealed class DrainDesk(RunLedger runs, Planner planner) : IDrainDesk
{
    public List<RunRecord> Started { get; } = [];

    public async Task<RunRecord> BeginAsync(string trigger, RunFilter filter)
    {
        var run = await runs.BeginAsync(trigger, filter);
        Started.Add(run);
        return run;
    }

    public async Task<PlanAnswer> PlanAsync(RunFilter filter, CancellationToken cancellationToken) => PlanView.Of(await planner.PlanAsync(filter, cancellationToken));
}

/// <summary>Knows the batches that the test names.</summary>
internal sealed class ProviderDesk : IProviderDesk
{
    public HashSet<string> Known { get; } = [];

    /// <summary>How often a probe was asked for.</summary>
    public int Probes { get; private set; }

    public bool IsConfigured(Provider provider) => provider != Provider.Gemini;

    public Task<bool?> KnowsAsync(Provider provider, string providerBatchId, CancellationToken cancellationToken) =>
        Task.FromResult<bool?>(Known.Contains(providerBatchId));

    public TimeSpan WindowOf(Provider provider) => TimeSpan.FromHours(provider == Provider.Gemini ? 48 : 24);

    public Task ProbeAsync(CancellationToken cancellationToken)
    {
        Probes++;
        return Task.CompletedTask;
    }
}

/// <summary>A schedule that never changes.</summary>
internal sealed class ScheduleDesk : IScheduleDesk
{
    public string Schedule => "0 0 2 * * ? UTC";

    public IReadOnlyList<DateTimeOffset> NextRuns(int most) => [.. Enumerable.Range(24, most).Select(day => new DateTimeOffset(2026, 11, day, 2, 0, 0, TimeSpan.Zero))];

    public Task<DateTimeOffset?> NextRunAtAsync() => Task.FromResult<DateTimeOffset?>(new DateTimeOffset(2026, 11, 24, 2, 0, 0, TimeSpan.Zero));
}
