using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Providers.Anthropic;
using BatchWorker.Providers.Gemini;
using BatchWorker.Providers.OpenAi;
using BatchWorker.Settings;
using BatchWorker.Telemetry;

namespace BatchWorker.Cli.Doctor;

/// <summary>Whether the providers take our keys: one call for a list of batches each, which costs nothing.</summary>
internal static class ProviderCheck
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    public static async Task<IReadOnlyList<Finding>> RunAsync(DaemonSettings settings)
    {
        var services = new ServiceCollection().AddLogging().AddMetrics().AddSingleton<Instruments>().AddSingleton(TimeProvider.System);
        services.AddOpenAi(settings.OpenAi).AddAnthropic(settings.Anthropic).AddGemini(settings.Gemini).AddSingleton<ProviderSet>();
        await using var built = services.BuildServiceProvider();
        var providers = built.GetRequiredService<ProviderSet>().All.ToArray();
        return providers.All(provider => provider.Account is null)
            ? [Finding.Warn("providers", $"none has a key, so every job is refused: {string.Join(", ", providers.Select(provider => provider.KeyVariable))}")]
            : await Task.WhenAll(providers.Select(AskAsync));
    }

    private static async Task<Finding> AskAsync(IBatchProvider provider)
    {
        var name = provider.Name.Wire();
        if (provider.Account is null)
        {
            return Finding.Ok(name, $"no key; jobs for it are refused ({provider.KeyVariable})");
        }
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            return await provider.ProbeAsync(patience.Token) is not { } failure ? Finding.Ok(name, "takes the key")
                : failure.Kind == FailureKind.Unauthorized ? Finding.Fail(name, $"refuses the key of {provider.KeyVariable}: {failure.Message}")
                : failure.Kind == FailureKind.Throttled ? Finding.Warn(name, $"too many calls: {failure.Message}")
                : Finding.Fail(name, $"{failure.Code}: {failure.Message}");
        }
        catch (OperationCanceledException)
        {
            return Finding.Fail(name, $"did not answer within {s_patience.TotalSeconds} s");
        }
    }
}
