using System.Globalization;
using BatchWorker.Intake;
using BatchWorker.Monitoring;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary><c>/batch/savings</c>, <c>/batch/metrics</c> and <c>/batch/report</c>: what the books say.</summary>
internal static class BookEndpoints
{
    private const int DefaultDays = 30;
    private const string Json = "json";
    private const string Csv = "csv";
    private const string Html = "html";

    public static void MapBooks(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/batch/savings", SavingsAsync).WithSummary("What batches cost and saved since the books began").Takes(Scope.Read).Gives<SavingsAnswer>(200);
        routes.MapGet("/batch/metrics", MetricsAsync).WithSummary("Counts since the books began, key figures of the last 30 days").Takes(Scope.Read).Gives<MetricsAnswer>(200).Refuses(422)
            .Asks("category", "Only jobs of this type.");
        routes.MapGet("/batch/report", ReportAsync).WithSummary("Day by day").Takes(Scope.Read).Gives<ReportAnswer>(200).Refuses(422)
            .Asks("days", "The last so many UTC days, today included; 1 to 3660, default 30.", isNumber: true).Asks("format", "json, csv or html; default json.");
    }

    private static async Task<IResult> SavingsAsync(DayLedger books, PricedModels prices)
    {
        var days = await books.ReadAsync();
        return TypedResults.Json(SavingsAnswer.Of(days, prices.Of(days)), ControlJson.Relaxed.SavingsAnswer);
    }

    private static async Task<IResult> MetricsAsync(HttpContext context, MetricsReader metrics, IntakeOptions intake)
    {
        var category = context.Request.Query.TryGetValue("category", out var asked) ? asked.ToString() : null;
        return category is not null && !intake.JobTypes.Contains(category)
            ? Problem.Invalid(new FieldError("/category", $"Known are {string.Join(", ", intake.JobTypes)}."))
            : TypedResults.Json(MetricsAnswer.Of(await metrics.ReadAsync(category)), ControlJson.Relaxed.MetricsAnswer);
    }

    private static async Task<IResult> ReportAsync(HttpContext context, ReportReader reports)
    {
        var query = context.Request.Query;
        var days = DefaultDays;
        if (query.TryGetValue("days", out var asked) && !(int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out days) && days is >= 1 and <= ReportReader.MostDays))
        {
            return Problem.Invalid(new FieldError("/days", $"A whole number from 1 to {ReportReader.MostDays} is expected."));
        }
        var format = query.TryGetValue("format", out var form) ? form.ToString() : Json;
        if (format is not (Json or Csv or Html))
        {
            return Problem.Invalid(new FieldError("/format", "json, csv or html is expected."));
        }
        return Show(context, await reports.ReadAsync(days), format);
    }

    /// <summary>The page may load nothing and run nothing, wherever it is opened.</summary>
    private static IResult Show(HttpContext context, Report report, string format)
    {
        if (format == Csv)
        {
            context.Response.Headers.ContentDisposition = $"attachment; filename=\"batchworker-{ReportAnswer.Word(report.To)}.csv\"";
            return TypedResults.Text(ReportCsv.Write(report), "text/csv; charset=utf-8");
        }
        if (format == Html)
        {
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
            return TypedResults.Text(ReportPage.Write(report), "text/html; charset=utf-8");
        }
        return TypedResults.Json(ReportAnswer.Of(report), ControlJson.Relaxed.ReportAnswer);
    }
}
