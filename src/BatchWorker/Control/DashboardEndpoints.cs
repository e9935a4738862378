namespace BatchWorker.Control;

/// <summary><c>/batch/dashboard</c>.</summary>
internal static class DashboardEndpoints
{
    private const string Json = "application/json";

    public static void MapDashboard(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/batch/dashboard", ShowAsync).WithSummary("Everything at a glance").Takes(Scope.Read).Gives<DashboardAnswer>(200).Refuses(406);

    /// <summary>There is no page yet: who takes nothing but one is told so.</summary>
    private static async Task<IResult> ShowAsync(HttpContext context, Dashboard dashboard)
    {
        var accepted = context.Request.GetTypedHeaders().Accept;
        return accepted is { Count: > 0 } && !accepted.Any(range => range.MatchesMediaType(Json))
            ? new Problem(StatusCodes.Status406NotAcceptable, "not_acceptable", "The dashboard is JSON.")
            : TypedResults.Json(await dashboard.ShowAsync(), ControlJson.Relaxed.DashboardAnswer);
    }
}
