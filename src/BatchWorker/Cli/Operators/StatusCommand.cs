using System.CommandLine;
using System.Text.Json;

namespace BatchWorker.Cli.Operators;

/// <summary><c>status</c>: everything at a glance.</summary>
internal static class StatusCommand
{
    private static readonly Column[] s_glance =
    [
        new("scheduler", all => Cells.Text(all, "overview.scheduler.state") + (Cells.Moment(all, "overview.scheduler.next_run_at") is { } next ? $", next drain {Cells.Time(next)}" : ", nothing is drained by itself")),
        new("queue", all => $"{Cells.Number(all, "queue_breakdown.total")} jobs wait{Oldest(all)}, {Cells.Number(all, "queue_breakdown.delayed")} of them for a later time; {Cells.Number(all, "queue_breakdown.dead")} failed jobs are kept"),
        new("batches", all => $"{Cells.Number(all, "overview.batches.active")} active; {Cells.Number(all, "overview.batches.completed")} completed, {Cells.Number(all, "overview.batches.failed")} failed, {Cells.Number(all, "overview.batches.expired")} expired since the books began"),
        new("providers", all => string.Join(", ", Cells.Each(all, "overview.providers").Select(provider => $"{Cells.Text(provider, "provider")} {Cells.Text(provider, "status")}"))),
        new("saved", all => $"{Cells.Dollars(all, "cost_savings.saved")} of {Cells.Dollars(all, "cost_savings.realtime_cost")} ({Cells.Number(all, "cost_savings.saved_percent")} %) since the books began"),
        new("alerts", all => string.Join("; ", Cells.Each(all, "overview.alerts").Select(alert => $"{Cells.Text(alert, "severity")}: {Cells.Text(alert, "message")}")) is { Length: > 0 } alerts ? alerts : "none"),
    ];

    public static Command Build() => new OperatorCommand("status", "Everything at a glance, and the batches that somebody should look at").Does(async (session, _) =>
    {
        await session.ShowAsync("/batch/dashboard", dashboard => Show(session, dashboard));
        return ExitCodes.Done;
    });

    private static void Show(Session session, JsonElement dashboard)
    {
        TableWriter.Card(session.Output, dashboard, s_glance);
        var late = Cells.Each(dashboard, "active_batches").Where(batch => Lateness.Of(batch, session.Now) is not null).ToArray();
        if (late.Length > 0)
        {
            session.Print("");
            TableWriter.Table(session.Output, late, Tables.Batches(session.Now));
        }
    }

    private static string Oldest(JsonElement all) =>
        Cells.Find(all, "queue_breakdown.oldest_age_seconds") is { } age ? $", the oldest for {Cells.Span(TimeSpan.FromSeconds(age.GetDouble()))}" : "";
}
