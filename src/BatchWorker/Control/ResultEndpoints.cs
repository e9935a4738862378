using BatchWorker.Archive;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary><c>/batch/results</c>: what a batch did for each of its jobs, in its order.</summary>
internal static class ResultEndpoints
{
    private const string List = "results ";

    /// <summary>Places read together.</summary>
    private const int Part = 250;

    /// <summary>Bytes of answers after which a page ends early: a thousand large ones would be gigabytes.</summary>
    private const long MostBytes = 16 << 20;

    public static void MapResults(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/batch/results/{batch_id}", ListAsync).WithSummary("The results of an ended batch").Takes(Scope.Read).GivesList<ResultPageAnswer>().Refuses(404, 409);

    private static async Task<IResult> ListAsync(HttpContext context, string batch_id, BatchLedger batches, BatchOutcomes outcomes, ISegmentStore segments)
    {
        if (await batches.FindAsync(batch_id) is not { } batch)
        {
            return Problem.NotFound("batch");
        }
        if (!batch.State.HasEnded())
        {
            return Problem.Conflict("not_ended", $"The batch is {batch.State.Wire()}.");
        }
        if (!Listing.TryReadPaging(context.Request.Query, List + batch_id, 0, out var from, out var limit, out var error))
        {
            return Problem.Invalid(error);
        }
        var frames = new FrameCache(segments);
        return Listing.WantsNdjson(context.Request)
            ? new NdjsonStream(stream => StreamAsync(stream, batch, outcomes, frames, (int)from, context.RequestAborted))
            : TypedResults.Json(await PageAsync(batch, outcomes, frames, (int)from, limit, context.RequestAborted), ControlJson.Relaxed.ResultPageAnswer);
    }

    private static async Task<ResultPageAnswer> PageAsync(OwnedBatch batch, BatchOutcomes outcomes, FrameCache frames, int from, int limit, CancellationToken cancellationToken)
    {
        var results = new List<ResultAnswer>();
        var next = from;
        long bytes = 0;
        for (IReadOnlyList<BatchOutcome> part; (part = await outcomes.ReadAsync(batch, next, Math.Min(Part, limit - results.Count))).Count > 0;)
        {
            foreach (var outcome in part.TakeWhile(_ => bytes < MostBytes))
            {
                results.Add(await ShowAsync(outcome, frames, cancellationToken));
                bytes += results[^1].Response?.Bytes.Length ?? 0;
                next = outcome.Position + 1;
            }
            if (bytes >= MostBytes || results.Count == limit)
            {
                break;
            }
        }
        return new ResultPageAnswer(batch.Record.Id, batch.State.Wire(), results, next < batch.Claimed ? Listing.CursorOf(List + batch.Record.Id, next) : null);
    }

    private static async Task StreamAsync(NdjsonWriter stream, OwnedBatch batch, BatchOutcomes outcomes, FrameCache frames, int from, CancellationToken cancellationToken)
    {
        var next = from;
        for (IReadOnlyList<BatchOutcome> part; (part = await outcomes.ReadAsync(batch, next, Part)).Count > 0; next = part[^1].Position + 1)
        {
            foreach (var outcome in part)
            {
                await stream.WriteAsync(await ShowAsync(outcome, frames, cancellationToken), ControlJson.Relaxed.ResultAnswer);
            }
        }
    }

    private static async Task<ResultAnswer> ShowAsync(BatchOutcome place, FrameCache frames, CancellationToken cancellationToken)
    {
        var outcome = place.Outcome;
        var archived = outcome.Address is { } address ? await frames.ReadAsync(address, cancellationToken) : null;
        var succeeded = outcome.Outcome == Outcome.Succeeded;
        return new ResultAnswer(
            place.Job.ToString(),
            outcome.Outcome.Wire(),
            outcome.Requeued,
            succeeded ? RawJson.Of(archived?.Body) : null,
            JobPresenter.ErrorOf(outcome, place.Code, archived),
            succeeded ? UsageAnswer.Of(outcome.Usage) : null,
            succeeded ? CostAnswer.Of(outcome.RealtimePico, outcome.BatchPico) : null);
    }
}
