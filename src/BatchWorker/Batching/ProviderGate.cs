using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>Whether anything may be sent to a provider now, and the word for it when not.</summary>
internal sealed class ProviderGate(ProviderHealth health, ProviderSet providers, Rollbacks rollbacks, TimeProvider time)
{
    public const string Paused = "provider_paused";
    public const string NoRoom = "room";

    /// <summary>Null when the provider takes batches; otherwise the reason as a job's <c>waiting</c> shows it.</summary>
    public async Task<string?> ClosedAsync(Provider provider)
    {
        if (!providers.TryGet(provider, out _))
        {
            return Paused;
        }
        if (await rollbacks.IsRaisedAsync())
        {
            return Rollbacks.Code;
        }
        var known = await health.ReadAsync(provider);
        return known.Paused || known.UnauthorizedSince is not null ? Paused
            : known.HoldUntil > time.GetUtcNow() ? NoRoom
            : null;
    }
}
