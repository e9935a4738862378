using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>Alerts.</summary>
/// <param name="Active">Those that last.</param>
/// <param name="Recent">Those that are over, the newest first.</param>
internal sealed record AlertsAnswer(IReadOnlyList<AlertAnswer> Active, IReadOnlyList<AlertAnswer> Recent)
{
    public static AlertsAnswer Of(AlertBook book) => new([.. book.Active.Select(AlertAnswer.Of)], [.. book.Recent.Select(AlertAnswer.Of)]);
}

/// <summary>One of them.</summary>
/// <param name="Id">Its own name.</param>
/// <param name="Type">What it is about.</param>
/// <param name="Severity"><c>info</c> or <c>warning</c>.</param>
/// <param name="Message">For people.</param>
/// <param name="Value">What was measured last.</param>
/// <param name="Threshold">What it passed.</param>
/// <param name="Since">When it began.</param>
/// <param name="EndedAt">When it was over; null while it lasts.</param>
internal sealed record AlertAnswer(string Id, string Type, string Severity, string Message, decimal Value, decimal Threshold, DateTimeOffset Since, DateTimeOffset? EndedAt)
{
    public static AlertAnswer Of(Alert alert) => new(alert.Id, alert.Type, alert.Severity, alert.Message, alert.Value, alert.Threshold, alert.Since, alert.EndedAt);
}

/// <summary><c>/batch/alerts</c>.</summary>
internal static class AlertEndpoints
{
    public static void MapAlerts(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/batch/alerts", ShowAsync).WithSummary("What someone should know").Takes(Scope.Read).Gives<AlertsAnswer>(200);

    private static async Task<IResult> ShowAsync(AlertLedger alerts) => TypedResults.Json(AlertsAnswer.Of(await alerts.ReadAsync()), ControlJson.Relaxed.AlertsAnswer);
}
