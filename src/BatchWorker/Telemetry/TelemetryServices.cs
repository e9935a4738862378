using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace BatchWorker.Telemetry;

/// <summary>Registers the instruments and their export for Prometheus.</summary>
internal static class TelemetryServices
{
    private const string Service = "batchworker";

    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(Service))
            .WithMetrics(metrics => metrics
                .AddMeter(Instruments.MeterName)
                .AddPrometheusExporter(exporter => exporter.ScopeInfoEnabled = false));
        return services.AddSingleton<Instruments>();
    }
}
