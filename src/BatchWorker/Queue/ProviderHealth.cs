using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>What calls to a provider teach about it, written down for all replicas.</summary>
internal sealed class ProviderHealth(Switches switches, TimeProvider time)
{
    private static readonly TimeSpan DefaultHold = TimeSpan.FromMinutes(1);

    public Task<ProviderSwitch> ReadAsync(Provider provider) => switches.ProviderAsync(provider);

    /// <summary>An operator stops uploads and creates.</summary>
    public Task<bool> PauseAsync(Provider provider) =>
        switches.ChangeAsync(provider, known => known.Paused ? known : known with { Paused = true, Since = time.GetUtcNow() });

    /// <summary>An operator lets them go on.</summary>
    public Task<bool> ResumeAsync(Provider provider) =>
        switches.ChangeAsync(provider, known => known.Paused ? known with { Paused = false, Since = time.GetUtcNow() } : known);

    /// <summary>The provider refuses our key: nothing is sent until a probe succeeds.</summary>
    public Task<bool> RefusedKeyAsync(Provider provider, string detail) => switches.ChangeAsync(provider, known => known.UnauthorizedSince is not null ? known : known with
    {
        UnauthorizedSince = time.GetUtcNow(),
        Since = time.GetUtcNow(),
        Detail = detail,
    });

    /// <summary>The provider does not answer.</summary>
    public Task<bool> DidNotAnswerAsync(Provider provider, string detail) => switches.ChangeAsync(provider, known => known.UnavailableSince is not null ? known : known with
    {
        UnavailableSince = time.GetUtcNow(),
        Since = known.UnauthorizedSince ?? time.GetUtcNow(),
        Detail = known.UnauthorizedSince is null ? detail : known.Detail,
    });

    /// <summary>The provider answers and takes our key.</summary>
    public Task<bool> AnsweredAsync(Provider provider) => switches.ChangeAsync(provider, known => known is { UnauthorizedSince: null, UnavailableSince: null } ? known : known with
    {
        UnauthorizedSince = null,
        UnavailableSince = null,
        Since = time.GetUtcNow(),
        Detail = null,
    });

    /// <summary>The provider asked to wait. Answers until when.</summary>
    public async Task<DateTimeOffset> HoldAsync(Provider provider, TimeSpan? retryAfter)
    {
        var until = time.GetUtcNow() + (retryAfter ?? DefaultHold);
        await switches.ChangeAsync(provider, known => known.HoldUntil > until ? known : known with { HoldUntil = until });
        return until;
    }
}
