using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>Whether anything may be sent to a provider now, and the word for it when not.</summary>
internal sealed class ProviderGate(Switches switches, ProviderSet providers, TimeProvider time)
{
    public const string Paused = "provider_paused";
    public const string NoRoom = "room";
    private static readonly TimeSpan DefaultHold = TimeSpan.FromMinutes(1);

    /// <summary>Null when the provider takes batches; otherwise the reason as a job's <c>waiting</c> shows it.</summary>
    public async Task<string?> ClosedAsync(Provider provider)
    {
        if (!providers.TryGet(provider, out _))
        {
            return Paused;
        }
        var known = await switches.ProviderAsync(provider);
        return known.Paused || known.UnauthorizedSince is not null ? Paused
            : known.HoldUntil > time.GetUtcNow() ? NoRoom
            : null;
    }

    /// <summary>The provider refuses our key: nothing is sent until a probe succeeds.</summary>
    public Task<bool> CloseUnauthorizedAsync(Provider provider, ProviderFailure failure) => switches.ChangeAsync(provider, known => known with
    {
        UnauthorizedSince = known.UnauthorizedSince ?? time.GetUtcNow(),
        Since = known.UnauthorizedSince is null ? time.GetUtcNow() : known.Since,
        Detail = failure.Message,
    });

    /// <summary>The provider asked to wait. Answers until when.</summary>
    public async Task<DateTimeOffset> HoldAsync(Provider provider, TimeSpan? retryAfter)
    {
        var until = time.GetUtcNow() + (retryAfter ?? DefaultHold);
        await switches.ChangeAsync(provider, known => known with { HoldUntil = until });
        return until;
    }
}
