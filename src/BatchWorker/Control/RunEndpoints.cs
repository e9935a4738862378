using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary><c>/batch/process</c> and <c>/batch/runs</c>.</summary>
internal static class RunEndpoints
{
    /// <summary>User-Agent of our own commands.</summary>
    public const string CommandLine = "BatchWorker-Cli";

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/batch/process", (HttpContext context, RunServices services) => ProcessAsync(context, services, filtered: true))
            .WithSummary("Drains the queue now; with dry_run: says what that would send and cost").Takes(Scope.Operate).TakesBody<ProcessRequest>().Gives<RunAnswer>(200).Gives<RunBegunAnswer>(202);
        routes.MapPost("/batch/process/all", (HttpContext context, RunServices services) => ProcessAsync(context, services, filtered: false))
            .WithSummary("Drains every lane now; with dry_run: says what that would send and cost").Takes(Scope.Operate).TakesBody<ProcessAllRequest>().Gives<RunAnswer>(200).Gives<RunBegunAnswer>(202);
        routes.MapGet("/batch/runs", ListAsync).WithSummary("Drains, newest first").Takes(Scope.Read).GivesList<ListAnswer<RunAnswer>>();
        routes.MapGet("/batch/runs/{id}", FindAsync).WithSummary("One drain").Takes(Scope.Read).Gives<RunAnswer>(200).Refuses(404);
    }

    private static async Task<IResult> ProcessAsync(HttpContext context, RunServices services, bool filtered)
    {
        var (wish, refusal) = await ProcessBody.ReadAsync(context.Request, services.Intake, filtered);
        if (refusal is not null)
        {
            return refusal;
        }
        if (wish!.DryRun)
        {
            return TypedResults.Json(await services.Drains.PlanAsync(wish.Filter, context.RequestAborted), ControlJson.Relaxed.PlanAnswer);
        }
        var run = await services.Drains.BeginAsync(context.Request.Headers.UserAgent == CommandLine ? "cli" : "api", wish.Filter);
        context.Response.Headers.Location = "/batch/runs/" + run.Id;
        if (!wish.Wait)
        {
            return TypedResults.Json(new RunBegunAnswer(run.Id, RunPresenter.Running), ControlJson.Relaxed.RunBegunAnswer, statusCode: StatusCodes.Status202Accepted);
        }
        var (shown, done) = await WaitAsync(run, services, wish.WaitAtMost, context.RequestAborted);
        return TypedResults.Json(shown, ControlJson.Relaxed.RunAnswer, statusCode: done ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    /// <summary>Waits until everything claimed is submitted or will not be. A client that leaves ends the wait, not the run.</summary>
    private static async Task<(RunAnswer Run, bool Done)> WaitAsync(RunRecord run, RunServices services, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var begun = services.Time.GetTimestamp();
        for (; ; )
        {
            var isOver = services.Time.GetElapsedTime(begun) >= atMost;
            var now = await services.Runs.FindAsync(run.Id) ?? run;
            var shown = await services.Presenter.ShowAsync(now);
            var done = now.EndedAt is not null && shown.Status != RunPresenter.Running;
            if (done || isOver)
            {
                return (shown, done);
            }
            await Task.Delay(s_look, services.Time, cancellationToken);
        }
    }

    private static Task<IResult> ListAsync(HttpContext context, RunServices services)
    {
        return Listing.AnswerAsync(context, "runs", ReadAsync, ControlJson.Relaxed.ListAnswerRunAnswer, ControlJson.Relaxed.RunAnswer);

        async Task<Page<RunAnswer>> ReadAsync(long below, int limit)
        {
            var runs = await services.Runs.ListAsync(below, limit);
            var shown = await Task.WhenAll(runs.Select(services.Presenter.ShowAsync));
            return new Page<RunAnswer>(shown, runs.Count < limit ? null : RunLedger.NumberOf(runs[^1].Id));
        }
    }

    private static async Task<IResult> FindAsync(string id, RunServices services) =>
        RunId.TryParse(id, out var run) && await services.Runs.FindAsync(run) is { } found
            ? TypedResults.Json(await services.Presenter.ShowAsync(found), ControlJson.Relaxed.RunAnswer)
            : Problem.NotFound("run");
}

/// <summary>What the endpoints of runs need.</summary>
internal sealed record RunServices(IDrainDesk Drains, RunLedger Runs, RunPresenter Presenter, Intake.IntakeOptions Intake, TimeProvider Time);
