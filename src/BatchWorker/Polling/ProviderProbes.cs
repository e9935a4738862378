using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>Asks providers that refused our key or did not answer whether they do now.</summary>
internal sealed class ProviderProbes(ProviderSet providers, ProviderHealth health, ILogger<ProviderProbes> logger)
{
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        foreach (var provider in providers.All.Where(provider => provider.Account is not null))
        {
            if (await health.ReadAsync(provider.Name) is { UnauthorizedSince: null, UnavailableSince: null })
            {
                continue;
            }
            await ProbeAsync(provider, cancellationToken);
        }
    }

    private async Task ProbeAsync(IBatchProvider provider, CancellationToken cancellationToken)
    {
        if (await provider.ProbeAsync(cancellationToken) is { } failure)
        {
            Log.ProbeFailed(logger, provider.Name, failure.Kind, failure.Code);
        }
        else if (await health.AnsweredAsync(provider.Name))
        {
            Log.ProviderIsBack(logger, provider.Name);
        }
    }
}
