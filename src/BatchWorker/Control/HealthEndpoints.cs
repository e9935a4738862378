namespace BatchWorker.Control;

/// <summary><c>/batch/health</c>, and the probes that an orchestrator asks.</summary>
internal static class HealthEndpoints
{
    private const string RetryAfterSeconds = "5";

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/batch/health", ShowAsync).WithSummary("How the daemon is").Takes(Scope.Any).Gives<HealthAnswer>(200).Gives<HealthAnswer>(503);
        routes.MapGet("/health/live", () => TypedResults.Text("live\n")).WithMetadata(new NeedsNoKey()).ExcludeFromDescription();
        routes.MapGet("/health/ready", ReadyAsync).WithMetadata(new NeedsNoKey()).ExcludeFromDescription();
    }

    private static async Task<IResult> ShowAsync(HttpContext context, HealthChecks checks)
    {
        var health = await checks.LookAsync(context.RequestAborted);
        SayWhenToReturn(context.Response, CodeOf(health));
        return TypedResults.Json(health, ControlJson.Relaxed.HealthAnswer, statusCode: CodeOf(health));
    }

    private static async Task<IResult> ReadyAsync(HttpContext context, HealthChecks checks, IHostApplicationLifetime lifetime)
    {
        var code = lifetime.ApplicationStopping.IsCancellationRequested ? StatusCodes.Status503ServiceUnavailable : CodeOf(await checks.LookAsync(context.RequestAborted));
        SayWhenToReturn(context.Response, code);
        return TypedResults.Text(code == StatusCodes.Status200OK ? "ready\n" : "not ready\n", statusCode: code);
    }

    private static void SayWhenToReturn(HttpResponse response, int code)
    {
        if (code == StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers.RetryAfter = RetryAfterSeconds;
        }
    }

    private static int CodeOf(HealthAnswer health) => health.Status == HealthChecks.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
}
