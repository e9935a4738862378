using BatchWorker.Intake;
using Microsoft.AspNetCore.Http.Features;

namespace BatchWorker.Control;

/// <summary>
/// Takes a body of lines of any length. With <c>?ids=true</c> each line that became a job is answered as soon as it is stored, the summary last;
/// the status waits for the first such line, since without one the answer is 422.
/// </summary>
internal sealed class BulkLines(LineIntake lines, Caller caller) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (httpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
        if (httpContext.Request.Query["ids"] == "true")
        {
            await new NdjsonStream(stream => WithIdsAsync(httpContext, stream)).ExecuteAsync(httpContext);
            return;
        }
        var summary = await lines.TakeAsync(httpContext.Request.BodyReader, caller, _ => Task.CompletedTask, httpContext.RequestAborted);
        if (Refuse(summary) is { } refusal)
        {
            await refusal.ExecuteAsync(httpContext);
            return;
        }
        await TypedResults.Json(BulkLinesAnswer.Of(summary), ControlJson.Relaxed.BulkLinesAnswer, statusCode: CodeOf(summary)).ExecuteAsync(httpContext);
    }

    private async Task WithIdsAsync(HttpContext context, NdjsonWriter stream)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        var summary = await lines.TakeAsync(context.Request.BodyReader, caller, TellAsync, context.RequestAborted);
        if (!context.Response.HasStarted && Refuse(summary) is { } refusal)
        {
            await refusal.ExecuteAsync(context);
            return;
        }
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = CodeOf(summary);
        }
        await stream.WriteAsync(BulkLinesAnswer.Of(summary), ControlJson.Relaxed.BulkLinesAnswer);

        async Task TellAsync(IReadOnlyList<TakenLine> taken)
        {
            foreach (var line in taken)
            {
                await stream.WriteAsync(new TakenLineAnswer(line.Line, line.Job.Id.ToString()!, line.Job.Duplicate), ControlJson.Relaxed.TakenLineAnswer);
            }
            if (taken.Count > 0)
            {
                await stream.FlushAsync();
            }
        }
    }

    /// <summary>A body of which nothing was taken is refused as a single job would be.</summary>
    private static Problem? Refuse(LineSummary summary) => summary.LinesRead == 0 ? EnqueueEndpoints.Refuse(summary.Refusal) : null;

    private static int CodeOf(LineSummary summary) =>
        summary is { Accepted: 0, Duplicates: 0, Rejected: > 0 } ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status202Accepted;
}
