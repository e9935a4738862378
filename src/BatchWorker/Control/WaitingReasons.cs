using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>Why queued jobs wait: the first reason that applies.</summary>
internal sealed class WaitingReasons(ProviderHealth health, IProviderDesk providers, TimeProvider time)
{
    public async Task<Loaded> LoadAsync(IReadOnlyList<JobView> views)
    {
        var known = new Dictionary<Provider, string?>();
        foreach (var provider in views.Where(view => view.Record.State == JobState.Queued).Select(view => view.Lane.Provider).Distinct())
        {
            known[provider] = ReasonOf(provider, await health.ReadAsync(provider));
        }
        return new Loaded(known, time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private string? ReasonOf(Provider provider, ProviderSwitch state) =>
        state.Paused || state.UnauthorizedSince is not null || !providers.IsConfigured(provider) ? "provider_paused"
        : state.HoldUntil > time.GetUtcNow() ? "room"
        : null;

    /// <summary>The reasons of some jobs, as things stood when they were loaded.</summary>
    internal sealed class Loaded(IReadOnlyDictionary<Provider, string?> providers, long nowMs)
    {
        public string? Of(JobView view)
        {
            var job = view.Record;
            return job.State != JobState.Queued ? null
                : providers.GetValueOrDefault(view.Lane.Provider) is { } reason ? reason
                : job.Has(JobFlags.NoRoom) ? "room"
                : job.Has(JobFlags.Delayed) && job.DueMs > nowMs ? "delayed"
                : job.Has(JobFlags.CameBack) ? "retry"
                : null;
        }
    }
}
