using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>How the providers stand, from what is written down about them: nobody is called for it.</summary>
internal sealed class ProviderStates(ProviderHealth health, IProviderDesk desk)
{
    public async Task<IReadOnlyList<ProviderAnswer>> ReadAsync() => await Task.WhenAll(ProviderNames.All.Select(ReadAsync));

    public async Task<ProviderAnswer> ReadAsync(Provider provider)
    {
        var known = await health.ReadAsync(provider);
        return new ProviderAnswer(provider.Wire(), StatusOf(provider, known), known.Since, known.Detail);
    }

    private string StatusOf(Provider provider, ProviderSwitch known) =>
        !desk.IsConfigured(provider) ? "unconfigured"
        : known.Paused ? "paused"
        : known.UnauthorizedSince is not null ? "unauthorized"
        : known.UnavailableSince is not null ? "unavailable"
        : "healthy";
}
