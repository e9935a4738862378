using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary><c>/batch/callbacks</c> and the callback of a job.</summary>
internal static class CallbackEndpoints
{
    public static void MapCallbacks(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/batch/callbacks", ListAsync).WithSummary("Callbacks that were not delivered: of batches, then of jobs, each newest first").Takes(Scope.Read).GivesList<ListAnswer<CallbackAnswer>>()
            .Asks("status", "Comma list of pending, exhausted, disabled.");
        routes.MapPost("/batch/callbacks/redeliver", RedeliverAsync).WithSummary("Sends undelivered callbacks again, by filter").Takes(Scope.Operate).TakesBody<RedeliverRequest>().Gives<ChangedAnswer>(200);
        routes.MapGet("/batch/jobs/{id}/callback", FindAsync).WithSummary("How far the callback of an ended job is").Takes(Scope.Read).Gives<CallbackAnswer>(200).Refuses(404);
        routes.MapPost("/batch/jobs/{id}/callback", SendAgainAsync).WithSummary("Sends the callback of an ended job again, delivered or not").Takes(Scope.Operate).Gives<CallbackAnswer>(202).Refuses(404);
    }

    private static Task<IResult> ListAsync(HttpContext context, CallbackLedger callbacks)
    {
        if (!QueryFilters.TryReadDeliveries(context.Request.Query, out var states, out var error))
        {
            return Task.FromResult<IResult>(Problem.Invalid(error));
        }
        return Listing.AnswerAsync(context, "callbacks", ReadAsync, ControlJson.Relaxed.ListAnswerCallbackAnswer, ControlJson.Relaxed.CallbackAnswer);

        async Task<Page<CallbackAnswer>> ReadAsync(long below, int limit)
        {
            var (found, next) = await callbacks.ListAsync(below, limit);
            return new Page<CallbackAnswer>([.. found.Where(callback => states?.Contains(callback.Delivery.State) != false).Select(CallbackAnswer.Of)], next);
        }
    }

    private static async Task<IResult> RedeliverAsync(HttpContext context, CallbackBulk bulk, IHostApplicationLifetime lifetime)
    {
        var (wish, refusal) = await CallbackBody.ReadAsync(context.Request);
        if (refusal is not null)
        {
            return refusal;
        }
        try
        {
            var count = await bulk.RunAsync(wish!, lifetime.ApplicationStopping);
            return TypedResults.Json(new ChangedAnswer(count.Matched, count.Changed), ControlJson.Relaxed.ChangedAnswer);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return new Problem(StatusCodes.Status503ServiceUnavailable, "stopping", "The daemon is shutting down; some callbacks may have been sent.");
        }
    }

    private static async Task<IResult> FindAsync(string id, CallbackLedger callbacks) =>
        JobId.TryParse(id, out var job) && await callbacks.FindAsync(job) is { } callback
            ? TypedResults.Json(CallbackAnswer.Of(callback), ControlJson.Relaxed.CallbackAnswer)
            : Problem.NotFound("callback");

    private static async Task<IResult> SendAgainAsync(string id, CallbackLedger callbacks)
    {
        while (JobId.TryParse(id, out var job) && await callbacks.FindAsync(job) is { } callback)
        {
            if (await callbacks.SendAgainAsync(callback))
            {
                return TypedResults.Json(CallbackAnswer.Of(await callbacks.FindAsync(job) ?? callback), ControlJson.Relaxed.CallbackAnswer, statusCode: StatusCodes.Status202Accepted);
            }
        }
        return Problem.NotFound("callback");
    }
}
