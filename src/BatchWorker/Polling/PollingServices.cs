namespace BatchWorker.Polling;

/// <summary>Registers polling.</summary>
internal static class PollingServices
{
    public static IServiceCollection AddPolling(this IServiceCollection services, PollingOptions options)
    {
        services.AddSingleton(options).AddSingleton<Doubts>().AddSingleton<ResultCheck>().AddSingleton<Candidates>().AddSingleton<Guesses>().AddSingleton<Strangers>();
        services.AddSingleton<RollbackWatch>().AddSingleton<RollbackRecovery>().AddSingleton<RollbackEnd>().AddSingleton<Reconciler>().AddSingleton<Duplicates>().AddSingleton<Endings>().AddSingleton<PollFailures>().AddSingleton<StuckBatches>();
        return services.AddSingleton<PollSteps>().AddSingleton<Poller>().AddSingleton<PollingWorker>().AddSingleton<LateBills>().AddSingleton<LateLook>().AddSingleton<ProviderProbes>();
    }
}
