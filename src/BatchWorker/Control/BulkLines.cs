using System.IO.Pipelines;
using BatchWorker.Intake;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace BatchWorker.Control;

/// <summary>
/// Takes a body of lines of any length. With <c>?ids=true</c> the answer is as long as the body, and most clients read nothing of it before
/// they have sent everything: it is kept on the disk until then, or both sides would wait for each other.
/// </summary>
internal sealed class BulkLines(LineIntake lines, Caller caller, CancellationToken stopping) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (httpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
        await (httpContext.Request.Query["ids"] == "true" ? AnswerWithIdsAsync(httpContext) : AnswerAsync(httpContext));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var summary = await lines.TakeAsync(context.Request.BodyReader, caller, _ => Task.CompletedTask, stopping, context.RequestAborted);
        IResult answer = Refuse(summary) is { } refusal
            ? refusal
            : TypedResults.Json(BulkLinesAnswer.Of(summary), ControlJson.Relaxed.BulkLinesAnswer, statusCode: CodeOf(summary));
        await answer.ExecuteAsync(context);
    }

    private async Task AnswerWithIdsAsync(HttpContext context)
    {
        await using var kept = new FileBufferingWriteStream();
        var output = PipeWriter.Create(kept, new StreamPipeWriterOptions(leaveOpen: true));
        await using var rows = new NdjsonWriter(output, context.RequestAborted);
        var summary = await lines.TakeAsync(context.Request.BodyReader, caller, TellAsync, stopping, context.RequestAborted);
        if (Refuse(summary) is { } refusal)
        {
            await refusal.ExecuteAsync(context);
            return;
        }
        await rows.WriteAsync(BulkLinesAnswer.Of(summary), ControlJson.Relaxed.BulkLinesAnswer);
        await rows.FlushAsync();
        context.Response.StatusCode = CodeOf(summary);
        context.Response.ContentType = Listing.Ndjson;
        await kept.DrainBufferAsync(context.Response.BodyWriter, context.RequestAborted);

        async Task TellAsync(IReadOnlyList<TakenLine> taken)
        {
            foreach (var line in taken)
            {
                await rows.WriteAsync(new TakenLineAnswer(line.Line, line.Job.Id.ToString()!, line.Job.Duplicate), ControlJson.Relaxed.TakenLineAnswer);
            }
        }
    }

    /// <summary>A body of which nothing was taken is refused as a single job would be.</summary>
    private static Problem? Refuse(LineSummary summary) => summary switch
    {
        { LinesRead: > 0 } => null,
        { IsStopping: true } => new Problem(StatusCodes.Status503ServiceUnavailable, "stopping", "The daemon is shutting down."),
        _ => EnqueueEndpoints.Refuse(summary.Refusal),
    };

    private static int CodeOf(LineSummary summary) =>
        summary is { Accepted: 0, Duplicates: 0, Rejected: > 0 } ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status202Accepted;
}
