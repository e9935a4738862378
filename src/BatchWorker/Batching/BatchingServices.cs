namespace BatchWorker.Batching;

/// <summary>Registers batching.</summary>
internal static class BatchingServices
{
    public static IServiceCollection AddBatching(this IServiceCollection services, BatchingOptions options)
    {
        services.AddSingleton(options).AddSingleton<ProviderGate>().AddSingleton<LaneChoice>().AddSingleton<LaneLimits>().AddSingleton<LaneOpener>();
        services.AddSingleton<RunBook>().AddSingleton<Selections>().AddSingleton<Planner>().AddSingleton<Drainer>().AddSingleton<ScheduledDrain>().AddSingleton<DrainWorker>();
        services.AddSingleton<SpoolWriter>().AddSingleton<InputUpload>().AddSingleton<CreatePermit>().AddSingleton<CreateCall>().AddSingleton<SubmissionSteps>();
        services.AddSingleton<SubmitFailures>().AddSingleton<Submitter>();
        return services.AddSingleton<BatchingWorker>();
    }
}
