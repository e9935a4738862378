using BatchWorker.Intake;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary><c>/batch/queue</c>: jobs come in.</summary>
internal static class EnqueueEndpoints
{
    private const string Json = "application/json";
    private const string IdempotencyKey = "Idempotency-Key";

    public static void MapEnqueue(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/batch/queue", OneAsync).WithSummary("Queues one job").Takes(Scope.Enqueue)
            .Gives<EnqueuedAnswer>(202).Gives<EnqueuedAnswer>(200).Refuses(400, 413, 415, 422, 429, 503, 507);
        routes.MapPost("/batch/queue/bulk", BulkAsync).WithSummary("Queues an array of jobs, all or nothing, or a stream of lines").Takes(Scope.Enqueue)
            .Gives<BulkAnswer>(202).Refuses(400, 413, 415, 422, 429, 503, 507);
    }

    private static async Task<IResult> OneAsync(HttpContext context, IntakeDesk desk, JobQueries jobs)
    {
        if (!IsOf(context.Request, Json))
        {
            return WrongType(Json);
        }
        if (!TryReadCaller(context, out var caller))
        {
            return WrongKey();
        }
        if (await SmallBodies.ReadAsync(context.Request, IntakeOptions.MostBytes) is not { } body)
        {
            return TooLarge("A job");
        }
        var answer = await desk.AcceptAsync(body, caller);
        if (Refuse(answer) is { } refusal)
        {
            return refusal;
        }
        var (id, duplicate, _) = answer.Jobs[0];
        JobState? state = duplicate ? (await jobs.FindAsync(id!.Value))?.View.State : JobState.Queued;
        context.Response.Headers.Location = "/batch/jobs/" + id;
        return TypedResults.Json(
            new EnqueuedAnswer(id.ToString()!, state?.Wire(), duplicate),
            ControlJson.Relaxed.EnqueuedAnswer,
            statusCode: duplicate ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> BulkAsync(HttpContext context, IntakeDesk desk, LineIntake lines, IHostApplicationLifetime lifetime)
    {
        if (!TryReadCaller(context, out var caller))
        {
            return WrongKey();
        }
        if (IsOf(context.Request, Listing.Ndjson))
        {
            return new BulkLines(lines, caller, lifetime.ApplicationStopping);
        }
        if (!IsOf(context.Request, Json))
        {
            return WrongType($"{Json} or {Listing.Ndjson}");
        }
        if (await SmallBodies.ReadAsync(context.Request, IntakeOptions.MostBytes) is not { } body)
        {
            return TooLarge("An array");
        }
        var answer = await desk.AcceptArrayAsync(body, caller);
        if ((answer.IsTooMany ? TooLarge("An array") : Refuse(answer)) is { } refusal)
        {
            return refusal;
        }
        var duplicates = answer.Jobs.Count(job => job.Duplicate);
        return TypedResults.Json(
            new BulkAnswer(answer.Jobs.Count - duplicates, duplicates, [.. answer.Jobs.Select(job => job.Id.ToString()!)]),
            ControlJson.Relaxed.BulkAnswer,
            statusCode: StatusCodes.Status202Accepted);
    }

    /// <summary>The problem behind an answer that took nothing; null when it took everything.</summary>
    private static Problem? Refuse(IntakeAnswer answer) =>
        answer.IsMalformed ? new Problem(StatusCodes.Status400BadRequest, "malformed", answer.Errors[0].Detail) { Errors = answer.Errors }
        : answer.Refusal == EnqueueRefusal.Conflict ? new Problem(StatusCodes.Status422UnprocessableEntity, "idempotency_conflict", "An idempotency key belongs to another job.") { Errors = answer.Errors }
        : answer.Errors.Count > 0 ? Problem.Invalid([.. answer.Errors])
        : Refuse(answer.Refusal);

    /// <summary>The problem behind a refusal of the ledger; null for none.</summary>
    public static Problem? Refuse(EnqueueRefusal refusal) => refusal switch
    {
        EnqueueRefusal.QueueFull => new Problem(StatusCodes.Status429TooManyRequests, "queue_full", "BATCH_MAX_QUEUED jobs wait already.") { RetryAfter = TimeSpan.FromSeconds(60) },
        EnqueueRefusal.StoreFull => new Problem(StatusCodes.Status507InsufficientStorage, "store_full", "The disk of BATCH_DATA_DIR runs low."),
        EnqueueRefusal.TooManyLanes => new Problem(StatusCodes.Status429TooManyRequests, "too_many_lanes", "There are BATCH_MAX_LANES combinations of provider, endpoint, model and job type already.") { RetryAfter = TimeSpan.FromHours(1) },
        _ => null,
    };

    /// <summary>False when the header Idempotency-Key holds no key.</summary>
    private static bool TryReadCaller(HttpContext context, out Caller caller)
    {
        var key = context.Request.Headers.TryGetValue(IdempotencyKey, out var given) ? given.ToString() : null;
        caller = new Caller(context.User.Identity?.Name ?? "", key);
        return key is null || IdempotencyMarks.IsKey(key);
    }

    private static Problem WrongKey() => new(StatusCodes.Status422UnprocessableEntity, "invalid", $"{IdempotencyKey}: {IdempotencyMarks.KeyRule}");

    private static bool IsOf(HttpRequest request, string type) =>
        request.GetTypedHeaders().ContentType?.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase) == true;

    private static Problem WrongType(string expected) => new(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", $"{expected} is expected.");

    private static Problem TooLarge(string what) =>
        new(StatusCodes.Status413PayloadTooLarge, "too_large", $"{what} has at most {IntakeOptions.MostBytes} bytes and {IntakeOptions.MostJobs} jobs.");
}
