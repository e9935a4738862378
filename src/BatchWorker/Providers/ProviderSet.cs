using System.Diagnostics.CodeAnalysis;
using BatchWorker.Lifecycle;

namespace BatchWorker.Providers;

/// <summary>The providers of this build; one without a key is unconfigured.</summary>
internal sealed class ProviderSet(IEnumerable<IBatchProvider> providers)
{
    private readonly Dictionary<Provider, IBatchProvider> _providers = providers.ToDictionary(provider => provider.Name);

    public IEnumerable<IBatchProvider> All => _providers.Values;

    /// <summary>The provider, if it has a key.</summary>
    public bool TryGet(Provider name, [NotNullWhen(true)] out IBatchProvider? provider) =>
        _providers.TryGetValue(name, out provider) && provider.Account is not null;
}
