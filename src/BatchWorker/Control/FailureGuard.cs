using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>Turns what went wrong into problem details; no answer shows more of the inside than that.</summary>
internal sealed class FailureGuard(RequestDelegate next, IHostApplicationLifetime lifetime, ILogger<FailureGuard> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested && context.Request.Path.StartsWithSegments("/batch", StringComparison.Ordinal))
        {
            await new Problem(StatusCodes.Status503ServiceUnavailable, "stopping", "The daemon is shutting down.").ExecuteAsync(context);
            return;
        }
        try
        {
            await next(context);
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            await Answer(context, failure).ExecuteAsync(context);
        }
    }

    private Problem Answer(HttpContext context, Exception failure)
    {
        switch (failure)
        {
            case BadHttpRequestException bad:
                return new Problem(bad.StatusCode, "bad_request", "The request could not be read.");
            case OperationCanceledException when context.RequestAborted.IsCancellationRequested:
                return new Problem(StatusCodes.Status499ClientClosedRequest, "client_closed", "The client has gone.");
            case var away when StoreFailures.IsAway(away):
                Log.StoreAway(logger, context.Request.Method, context.Request.Path, away.GetType().Name);
                return new Problem(StatusCodes.Status503ServiceUnavailable, "store_unavailable", "The store does not answer; what was asked may have happened.");
            case var full when StoreFailures.IsFull(full):
                return new Problem(StatusCodes.Status507InsufficientStorage, "store_full", "The store has no room left.");
            default:
                Log.RequestFailed(logger, context.Request.Method, context.Request.Path, failure);
                return new Problem(StatusCodes.Status500InternalServerError, "internal", "Something went wrong inside; it is in the log.");
        }
    }
}
