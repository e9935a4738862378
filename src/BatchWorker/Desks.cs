using BatchWorker.Batching;
using BatchWorker.Control;
using BatchWorker.Lifecycle;
using BatchWorker.Polling;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Settings;

namespace BatchWorker;

/// <summary>Lets the control endpoint begin drains.</summary>
internal sealed class DrainDesk(DrainWorker drains, Planner planner) : IDrainDesk
{
    public Task<RunRecord> BeginAsync(string trigger, RunFilter filter) => drains.BeginAsync(trigger, filter);

    public async Task<PlanAnswer> PlanAsync(RunFilter filter, CancellationToken cancellationToken) => PlanView.Of(await planner.PlanAsync(filter, cancellationToken));
}

/// <summary>Lets the control endpoint ask about providers.</summary>
internal sealed class ProviderDesk(ProviderSet providers, ProviderProbes probes) : IProviderDesk
{
    public bool IsConfigured(Provider provider) => providers.TryGet(provider, out _);

    public async Task<bool?> KnowsAsync(Provider provider, string providerBatchId, CancellationToken cancellationToken)
    {
        if (!providers.TryGet(provider, out var known))
        {
            return null;
        }
        var found = await known.GetAsync(providerBatchId, cancellationToken);
        return found.Failure is null ? true : found.Failure.Kind is FailureKind.NotFound or FailureKind.Refused ? false : null;
    }

    public TimeSpan WindowOf(Provider provider) => providers.All.Single(known => known.Name == provider).Window;

    public Task ProbeAsync(CancellationToken cancellationToken) => probes.RunOnceAsync(cancellationToken);
}

/// <summary>Lets the control endpoint show the schedule.</summary>
internal sealed class ScheduleDesk(ScheduleSettings schedule, TimeProvider time) : IScheduleDesk
{
    public string Schedule => schedule.ToString();

    public IReadOnlyList<DateTimeOffset> NextRuns(int most)
    {
        var slots = new List<DateTimeOffset>(most);
        for (var next = schedule.NextAfter(time.GetUtcNow()); next is { } slot && slots.Count < most; next = schedule.NextAfter(slot))
        {
            slots.Add(slot);
        }
        return slots;
    }

    public Task<DateTimeOffset?> NextRunAtAsync() => Task.FromResult(schedule.NextAfter(time.GetUtcNow()));
}
