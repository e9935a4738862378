using BatchWorker.Control.Pages;
using BatchWorker.Intake;
using BatchWorker.Telemetry;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.OpenApi;

namespace BatchWorker.Control;

/// <summary>Registers and maps the control endpoint.</summary>
internal static class ControlServices
{
    private const string Document = "v1";

    /// <summary>More are closed as they come.</summary>
    private const int MostConnections = 4_096;

    public static IServiceCollection AddControl(this IServiceCollection services, ApiKeys keys, AccessOptions access)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = ControlJson.Default.Options.PropertyNamingPolicy;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ControlJson.Default);
        });
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = IntakeOptions.MostBytes + 1;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
        });
        services.AddTelemetry();
        services.AddOpenApi(Document, openApi =>
        {
            openApi.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            openApi.AddDocumentTransformer<ApiDescription>();
            openApi.AddOperationTransformer<ApiDescription>();
            openApi.AddSchemaTransformer<ApiDescription>();
        });
        services.AddSingleton(keys).AddSingleton(access).AddSingleton<JobPresenter>().AddSingleton<BatchPresenter>().AddSingleton<WaitingReasons>();
        return services.AddSingleton<RunPresenter>().AddSingleton<RunServices>().AddSingleton<BulkServices>().AddSingleton<ProviderStates>().AddSingleton<HealthChecks>()
            .AddSingleton<Dashboard>().AddSingleton<DashboardSources>().AddPages();
    }

    public static void MapControl(this WebApplication app)
    {
        app.UseMiddleware<FailureGuard>();
        app.UseStatusCodePages(DescribeAsync);
        app.UseRouting();
        app.UseMiddleware<LoginGate>();
        app.UseMiddleware<AccessGuard>();
        app.MapEnqueue();
        app.MapQueue();
        app.MapJobs();
        app.MapBulk();
        app.MapCallbacks();
        app.MapRuns();
        app.MapBatches();
        app.MapResults();
        app.MapProviders();
        app.MapScheduler();
        app.MapBooks();
        app.MapBudgets();
        app.MapRealtimeCalls();
        app.MapAlerts();
        app.MapDashboard();
        app.MapPages();
        app.MapHealth();
        app.MapPrometheusScrapingEndpoint().WithMetadata(new NeedsScope(Scope.Read) { OpenOnLoopback = true });
        app.MapOpenApi("/openapi/{documentName}.json").WithMetadata(new NeedsScope(Scope.Any));
        app.MapApiReference();
    }

    /// <summary>What routing refuses has no body yet.</summary>
    private static Task DescribeAsync(StatusCodeContext context)
    {
        var status = context.HttpContext.Response.StatusCode;
        var problem = status switch
        {
            StatusCodes.Status404NotFound => Problem.NotFound("resource"),
            StatusCodes.Status405MethodNotAllowed => new Problem(status, "method_not_allowed", "This resource does not take this method."),
            StatusCodes.Status415UnsupportedMediaType => new Problem(status, "unsupported_media_type", "This content type is not taken."),
            _ => new Problem(status, "refused", "The request was refused."),
        };
        return problem.ExecuteAsync(context.HttpContext);
    }
}
