using BatchWorker.Intake;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary><c>/batch/jobs/retry</c> and <c>/batch/jobs/cancel</c>: many jobs by filter.</summary>
internal static class BulkEndpoints
{
    public static void MapBulk(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/batch/jobs/retry", (HttpContext context, BulkServices services) => RunAsync(context, services, JobAction.Retry))
            .WithSummary("Queues failed and cancelled jobs again, by filter").Takes(Scope.Operate).TakesBody<BulkRequest>().Gives<ChangedAnswer>(200);
        routes.MapPost("/batch/jobs/cancel", (HttpContext context, BulkServices services) => RunAsync(context, services, JobAction.Cancel))
            .WithSummary("Cancels queued jobs, by filter").Takes(Scope.Operate).TakesBody<BulkRequest>().Gives<ChangedAnswer>(200);
    }

    /// <summary>A client that leaves does not stop it. A stop of the daemon does: what was changed stays changed, and the call can be repeated.</summary>
    private static async Task<IResult> RunAsync(HttpContext context, BulkServices services, JobAction action)
    {
        var (wish, refusal) = await BulkBody.ReadAsync(context.Request, action, await services.JobTypesAsync());
        if (refusal is not null)
        {
            return refusal;
        }
        try
        {
            var count = await services.Jobs.RunAsync(wish!, services.Lifetime.ApplicationStopping);
            return TypedResults.Json(new ChangedAnswer(count.Matched, count.Changed), ControlJson.Relaxed.ChangedAnswer);
        }
        catch (OperationCanceledException) when (services.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return new Problem(StatusCodes.Status503ServiceUnavailable, "stopping", "The daemon is shutting down; some jobs may have been changed.");
        }
    }
}

/// <summary>What the endpoints for many jobs need.</summary>
internal sealed record BulkServices(JobBulk Jobs, Lanes Lanes, IntakeOptions Intake, IHostApplicationLifetime Lifetime)
{
    /// <summary>Job types that are configured, and those that were once and still have jobs.</summary>
    public async Task<IReadOnlySet<string>> JobTypesAsync() => (await Lanes.AllAsync()).Select(lane => lane.Value.JobType).Concat(Intake.JobTypes).ToHashSet();
}
