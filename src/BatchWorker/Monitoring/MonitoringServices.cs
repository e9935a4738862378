namespace BatchWorker.Monitoring;

/// <summary>Registers what looks at the ledger: it changes no job and no batch.</summary>
internal static class MonitoringServices
{
    public static IServiceCollection AddMonitoring(this IServiceCollection services, AlertOptions alerts) =>
        services.AddSingleton<QueueSampler>().AddSingleton<InvariantSampler>().AddSingleton<MetricsReader>().AddSingleton<ReportReader>().AddSingleton<PricedModels>()
            .AddSingleton(alerts).AddSingleton<AlertSources>().AddSingleton<AlertWatch>();
}
