using System.Globalization;
using BatchWorker.Intake;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary><c>/batch/realtime-calls</c>: what callers still ask for in real time.</summary>
internal static class RealtimeCallEndpoints
{
    private const int MostCalls = 1_000_000_000;
    private const string JobType = "job_type";
    private const string Count = "count";
    private const string Date = "date";

    public static void MapRealtimeCalls(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/batch/realtime-calls", AddAsync).WithSummary("Reports calls made in real time, for the coverage").Takes(Scope.Enqueue).TakesBody<RealtimeCallsRequest>().Gives<RealtimeCallsAnswer>(200);

    private static async Task<IResult> AddAsync(HttpContext context, RealtimeCalls calls, IntakeOptions intake, DayLedger books)
    {
        var (body, refusal) = await SmallBodies.ReadObjectAsync(context.Request, JobType, Count, Date);
        if (refusal is not null)
        {
            return refusal;
        }
        var errors = new List<FieldError>();
        var fields = new BodyFields(body, "", errors);
        var jobType = fields.Word(JobType, intake.JobTypes);
        var count = fields.Number(Count, 0, MostCalls);
        var date = ReadDate(fields, books.Today);
        foreach (var missing in new[] { JobType, Count }.Where(name => fields.Find(name) is null))
        {
            fields.Refuse(missing, "This field is required.");
        }
        return errors.Count > 0
            ? Problem.Invalid([.. errors])
            : TypedResults.Json(new RealtimeCallsAnswer(jobType!, ReportAnswer.Word(date), await calls.AddAsync(jobType!, count!.Value, date)), ControlJson.Relaxed.RealtimeCallsAnswer);
    }

    private static DateOnly ReadDate(BodyFields fields, DateOnly today)
    {
        const string expected = "A UTC day such as 2026-11-23 is expected, not in the future and not older than ten years.";
        if (fields.Text(Date, expected) is not { } text)
        {
            return today;
        }
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date <= today && date > today.AddDays(-Monitoring.ReportReader.MostDays))
        {
            return date;
        }
        fields.Refuse(Date, expected);
        return today;
    }
}
