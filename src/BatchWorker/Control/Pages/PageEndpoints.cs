using BatchWorker.Lifecycle;
using BatchWorker.Monitoring;
using BatchWorker.Queue;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BatchWorker.Control.Pages;

/// <summary>The dashboard for people. Its pages show what the API answers, and its buttons call the API.</summary>
internal static class PageEndpoints
{
    /// <summary>Where the pages are.</summary>
    public const string Root = "/batch/dashboard";

    private const int Rows = 50;
    private const int Runs = 20;
    private const int NextRuns = 5;
    private const int ReportDays = 30;
    private const int MostValues = 100;

    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents();
        return services.AddSingleton<BatchRows>().AddSingleton<OverviewSources>().AddSingleton<DeadLetter>().AddSingleton<DeadPageSources>();
    }

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", () => TypedResults.Redirect(Root)).WithMetadata(new NeedsScope(Scope.Read)).ExcludeFromDescription();
        var pages = routes.MapGroup(Root).WithMetadata(new NeedsScope(Scope.Read)).ExcludeFromDescription();
        pages.MapGet("/queue", QueueAsync);
        pages.MapGet("/batches", BatchesAsync);
        pages.MapGet("/batches/{id}", BatchAsync);
        pages.MapGet("/jobs", JobsAsync);
        pages.MapGet("/jobs/{id}", JobAsync);
        pages.MapGet("/dead", DeadAsync);
        pages.MapGet("/schedule", ScheduleAsync);
        pages.MapGet("/alerts", AlertsAsync);
        pages.MapGet("/savings", SavingsAsync);
        pages.MapGet("/find", Find);
    }

    /// <summary>Whether who asks is a browser.</summary>
    public static bool WantsPage(HttpRequest request) =>
        request.GetTypedHeaders().Accept?.Any(range => range.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase)) == true;

    public static async Task<IResult> OverviewAsync(HttpContext context, Dashboard dashboard, OverviewSources sources)
    {
        var (active, _) = await sources.Batches.PageAsync(new BatchFilter { Active = true }, long.MaxValue, Rows);
        return Show<Overview>(context, new OverviewData(await dashboard.ShowAsync(), sources.Rows.Of(active), await sources.Reports.ReadAsync(ReportDays)));
    }

    private static async Task<IResult> QueueAsync(HttpContext context, QueueCounts counts, ProviderStates providers, TimeProvider time)
    {
        var waiting = await counts.CountAsync();
        return Show<QueuePage>(context, new QueueData(QueueEndpoints.StatusOf(waiting, time), waiting.Lanes, await providers.ReadAsync()));
    }

    private static async Task<IResult> BatchesAsync(HttpContext context, BatchLists batches, BatchRows rows)
    {
        if (!QueryFilters.TryReadBatches(context.Request.Query, out var filter, out var error) || !TryReadPlace(context, "batches", out var below, out error))
        {
            return Problem.Invalid(error);
        }
        var (found, next) = await batches.PageAsync(filter, below, Rows);
        return Show<BatchesPage>(context, new ListData<BatchRow>(rows.Of(found), context.Request.Query, NextUrl(context, "batches", next)));
    }

    private static async Task<IResult> BatchAsync(HttpContext context, string id, BatchLedger batches, BatchRows rows, JobLists jobs, JobPresenter presenter)
    {
        if (!BatchId.TryParse(id, out var batchId) || await batches.FindAsync(id) is not { } batch)
        {
            return Missing(context, "There is no such batch; perhaps its days are over.");
        }
        if (!TryReadPlace(context, "jobs", out var below, out var error))
        {
            return Problem.Invalid(error);
        }
        var (found, next) = await jobs.PageAsync(new JobFilter { Batch = batchId }, below, Rows);
        return Show<BatchPage>(context, new BatchData(rows.Of([batch])[0], await presenter.ListAsync(found), NextUrl(context, "jobs", next)));
    }

    private static async Task<IResult> JobsAsync(HttpContext context, JobLists jobs, JobPresenter presenter)
    {
        if (!QueryFilters.TryReadJobs(context.Request.Query, out var filter, out var error) || !TryReadPlace(context, "jobs", out var below, out error))
        {
            return Problem.Invalid(error);
        }
        var (found, next) = await jobs.PageAsync(filter, below, Rows);
        return Show<JobsPage>(context, new ListData<JobAnswer>(await presenter.ListAsync(found), context.Request.Query, NextUrl(context, "jobs", next)));
    }

    private static async Task<IResult> JobAsync(HttpContext context, string id, JobQueries jobs, JobPresenter presenter) =>
        JobId.TryParse(id, out var jobId) && await jobs.FindAsync(jobId) is { } job
            ? Show<JobPage>(context, await presenter.DetailAsync(job, context.RequestAborted))
            : Missing(context, "There is no such job; perhaps its days are over.");

    private static async Task<IResult> DeadAsync(HttpContext context, DeadPageSources sources)
    {
        var query = context.Request.Query;
        if (!QueryFilters.TryReadJobs(query, out var filter, out var error) || !TryReadPlace(context, "jobs", out var below, out error))
        {
            return Problem.Invalid(error);
        }
        var (groups, looked) = await sources.Letters.GroupAsync();
        var code = query.TryGetValue("error_code", out var asked) ? asked.ToString() : null;
        var (found, next) = await sources.Letters.PageAsync(filter with { States = new HashSet<JobState> { JobState.Failed } }, code, below, Rows);
        var jobs = new ListData<JobAnswer>(await sources.Presenter.ListAsync(found), query, NextUrl(context, "jobs", next));
        return Show<DeadPage>(context, new DeadData((await sources.Counts.CountAsync()).Dead, looked, groups, jobs, sources.Intake.JobTypes));
    }

    private static async Task<IResult> ScheduleAsync(HttpContext context, Switches switches, IScheduleDesk schedule, RunServices services)
    {
        var runs = await Task.WhenAll((await services.Runs.ListAsync(long.MaxValue, Runs)).Select(services.Presenter.ShowAsync));
        return Show<SchedulePage>(context, new ScheduleData(await SchedulerEndpoints.ReadAsync(switches, schedule), schedule.NextRuns(NextRuns), runs));
    }

    private static async Task<IResult> AlertsAsync(HttpContext context, AlertLedger alerts) => Show<AlertsPage>(context, AlertsAnswer.Of(await alerts.ReadAsync()));

    private static async Task<IResult> SavingsAsync(HttpContext context, DayLedger books, PricedModels prices, ReportReader reports, BudgetUses budgets)
    {
        var days = await books.ReadAsync();
        var used = (await budgets.ReadAsync(MostValues)).Select(BudgetAnswer.Of);
        return Show<SavingsPage>(context, new SavingsData(SavingsAnswer.Of(days, prices.Of(days)), await reports.ReadAsync(ReportDays), [.. used]));
    }

    private static IResult Find(HttpContext context, string q)
    {
        var id = q.Trim();
        return JobId.TryParse(id, out _) ? TypedResults.Redirect($"{Root}/jobs/{id}")
            : BatchId.TryParse(id, out _) ? TypedResults.Redirect($"{Root}/batches/{id}")
            : RunId.TryParse(id, out _) ? TypedResults.Redirect($"{Root}/schedule")
            : Missing(context, "An id begins with job_, batch_ or run_ and has 26 characters behind it.");
    }

    private static RazorComponentResult<TPage> Show<TPage>(HttpContext context, object data) where TPage : Page
    {
        PageAssets.Guard(context.Response);
        return new RazorComponentResult<TPage>(new { Data = data });
    }

    private static RazorComponentResult<Missing> Missing(HttpContext context, string what)
    {
        PageAssets.Guard(context.Response);
        return new RazorComponentResult<Missing>(new { Data = (object)what }) { StatusCode = StatusCodes.Status404NotFound };
    }

    private static bool TryReadPlace(HttpContext context, string list, out long below, out Intake.FieldError error) =>
        Listing.TryReadPaging(context.Request.Query, list, long.MaxValue, out below, out _, out error);

    /// <summary>The same address with the place where the list goes on.</summary>
    private static string? NextUrl(HttpContext context, string list, long? next)
    {
        if (next is not { } number)
        {
            return null;
        }
        var kept = context.Request.Query.Where(pair => pair.Key != "cursor").SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value));
        return context.Request.Path + QueryString.Create(kept.Append(KeyValuePair.Create<string, string?>("cursor", Listing.CursorOf(list, number))));
    }
}

/// <summary>Makes rows of batches.</summary>
internal sealed class BatchRows(BatchPresenter presenter, TimeProvider time)
{
    public IReadOnlyList<BatchRow> Of(IEnumerable<OwnedBatch> batches) => [.. batches.Select(batch => BatchRow.Of(batch, presenter, time.GetUtcNow()))];
}

/// <summary>What the first page shows beside what the dashboard answers.</summary>
internal sealed record OverviewSources(BatchLists Batches, BatchRows Rows, ReportReader Reports);

/// <summary>What the page of the dead letter is made from.</summary>
internal sealed record DeadPageSources(DeadLetter Letters, JobPresenter Presenter, QueueCounts Counts, Intake.IntakeOptions Intake);
