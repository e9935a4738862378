namespace BatchWorker.Monitoring;

/// <summary>Registers what looks and never touches.</summary>
internal static class MonitoringServices
{
    public static IServiceCollection AddMonitoring(this IServiceCollection services) => services.AddSingleton<QueueSampler>().AddSingleton<InvariantSampler>();
}
