using System.Globalization;
using BatchWorker.Intake;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary><c>/batch/jobs</c>.</summary>
internal static class JobEndpoints
{
    private const int LongestWait = 300;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/batch/jobs", ListAsync).WithSummary("Jobs, newest first").Takes(Scope.Read).GivesList<ListAnswer<JobAnswer>>()
            .Asks("status", "Comma list of queued, batched, submitted, succeeded, failed, cancelled.").Asks("job_type", "Comma list of job types.")
            .Asks("provider", "Comma list of openai, anthropic, gemini.").Asks("batch_id", "Jobs that were ever in this batch.");
        routes.MapGet("/batch/jobs/{id}", FindAsync).WithSummary("One job, at once or when it has ended").Takes(Scope.Read).Gives<JobDetailAnswer>(200).Refuses(404, 422)
            .Asks("wait", "Seconds to wait for the end of the job.", isNumber: true);
        routes.MapDelete("/batch/jobs/{id}", CancelAsync).WithSummary("Cancels a queued job").Takes(Scope.Operate).Gives<JobDetailAnswer>(200).Refuses(404, 409);
        routes.MapDelete("/batch/jobs/{id}/data", EraseAsync).WithSummary("Erases request, metadata and answers of an ended job; its numbers stay").Takes(Scope.Operate).Gives<JobDetailAnswer>(200).Refuses(404, 409);
        routes.MapPost("/batch/jobs/{id}/retry", RetryAsync).WithSummary("Queues a failed or cancelled job again").Takes(Scope.Operate).Gives<JobDetailAnswer>(202).Refuses(404, 409);
    }

    private static Task<IResult> ListAsync(HttpContext context, JobLists jobs, JobPresenter presenter)
    {
        if (!QueryFilters.TryReadJobs(context.Request.Query, out var filter, out var error))
        {
            return Task.FromResult<IResult>(Problem.Invalid(error));
        }
        return Listing.AnswerAsync(context, "jobs", ReadAsync, ControlJson.Relaxed.ListAnswerJobAnswer, ControlJson.Relaxed.JobAnswer);

        async Task<Page<JobAnswer>> ReadAsync(long below, int limit)
        {
            var page = await jobs.PageAsync(filter, below, limit);
            return new Page<JobAnswer>(await presenter.ListAsync(page.Jobs), page.Next);
        }
    }

    private static async Task<IResult> FindAsync(HttpContext context, string id, JobQueries jobs, JobPresenter presenter, TimeProvider time)
    {
        if (!JobId.TryParse(id, out var job))
        {
            return Problem.NotFound("job");
        }
        if (context.Request.Query.TryGetValue("wait", out var wait))
        {
            if (!int.TryParse(wait, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > LongestWait)
            {
                return Problem.Invalid(new FieldError("/wait", $"Whole seconds up to {LongestWait} are expected."));
            }
            await WaitAsync(job, jobs, TimeSpan.FromSeconds(seconds), time, context.RequestAborted);
        }
        return await ShowAsync(job, jobs, presenter, StatusCodes.Status200OK, context.RequestAborted);
    }

    private static async Task WaitAsync(JobId job, JobQueries jobs, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (time.GetElapsedTime(begun) < atMost && await jobs.PeekAsync(job) is { } record && !record.State.HasEnded())
        {
            await Task.Delay(s_look, time, cancellationToken);
        }
    }

    private static async Task<IResult> CancelAsync(HttpContext context, string id, JobDesk desk, JobQueries jobs, JobPresenter presenter)
    {
        if (!JobId.TryParse(id, out var job))
        {
            return Problem.NotFound("job");
        }
        return await desk.CancelAsync(job) switch
        {
            DeskAnswer.NotFound => Problem.NotFound("job"),
            DeskAnswer.NotAllowed when await jobs.PeekAsync(job) is { } record && record.State.HasEnded() => Problem.Conflict("ended", $"The job has ended: {record.State.Wire()}."),
            DeskAnswer.NotAllowed => Problem.Conflict("with_provider", "The job is in a batch; cancel the batch."),
            _ => await ShowAsync(job, jobs, presenter, StatusCodes.Status200OK, context.RequestAborted),
        };
    }

    private static async Task<IResult> EraseAsync(HttpContext context, string id, JobErasure erasure, JobQueries jobs, JobPresenter presenter)
    {
        if (!JobId.TryParse(id, out var job))
        {
            return Problem.NotFound("job");
        }
        return await erasure.EraseAsync(job, context.RequestAborted) switch
        {
            ErasureAnswer.NotFound => Problem.NotFound("job"),
            ErasureAnswer.NotEnded => Problem.Conflict("not_ended", "The data of a job is needed until it has ended; cancel it first."),
            _ => await ShowAsync(job, jobs, presenter, StatusCodes.Status200OK, context.RequestAborted),
        };
    }

    private static async Task<IResult> RetryAsync(HttpContext context, string id, JobDesk desk, JobQueries jobs, JobPresenter presenter)
    {
        if (!JobId.TryParse(id, out var job))
        {
            return Problem.NotFound("job");
        }
        return await desk.RetryAsync(job) switch
        {
            DeskAnswer.NotFound => Problem.NotFound("job"),
            DeskAnswer.NotAllowed => Problem.Conflict("not_retryable", "Only a failed or cancelled job that has its data and whose deadline has not passed can be retried."),
            _ => await ShowAsync(job, jobs, presenter, StatusCodes.Status202Accepted, context.RequestAborted),
        };
    }

    private static async Task<IResult> ShowAsync(JobId id, JobQueries jobs, JobPresenter presenter, int status, CancellationToken cancellationToken) =>
        await jobs.FindAsync(id) is { } job
            ? TypedResults.Json(await presenter.DetailAsync(job, cancellationToken), ControlJson.Relaxed.JobDetailAnswer, statusCode: status)
            : Problem.NotFound("job");
}
