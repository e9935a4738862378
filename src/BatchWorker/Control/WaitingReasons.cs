using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>Why queued jobs wait: the first reason that applies.</summary>
internal sealed class WaitingReasons(ProviderHealth health, IProviderDesk providers, BudgetHolds budgets, TimeProvider time)
{
    private const string Paused = "provider_paused";

    public async Task<Loaded> LoadAsync(IReadOnlyList<JobView> views)
    {
        var known = new Dictionary<Provider, string?>();
        foreach (var provider in views.Where(view => view.Record.State == JobState.Queued).Select(view => view.Lane.Provider).Distinct())
        {
            known[provider] = ReasonOf(provider, await health.ReadAsync(provider));
        }
        return new Loaded(known, await budgets.OfAsync(views), time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private string? ReasonOf(Provider provider, ProviderSwitch state) =>
        state.Paused || state.UnauthorizedSince is not null || !providers.IsConfigured(provider) ? Paused
        : state.HoldUntil > time.GetUtcNow() ? "room"
        : null;

    /// <summary>The reasons of some jobs, as things stood when they were loaded.</summary>
    internal sealed class Loaded(IReadOnlyDictionary<Provider, string?> providers, IReadOnlySet<long> withoutBudget, long nowMs)
    {
        public string? Of(JobView view)
        {
            var job = view.Record;
            var provider = providers.GetValueOrDefault(view.Lane.Provider);
            return job.State != JobState.Queued ? null
                : provider == Paused ? Paused
                : withoutBudget.Contains(view.Id.Sequence) ? "budget"
                : provider is not null ? provider
                : job.Has(JobFlags.NoRoom) ? "room"
                : job.Has(JobFlags.Delayed) && job.DueMs > nowMs ? "delayed"
                : job.Has(JobFlags.CameBack) ? "retry"
                : null;
        }
    }
}
