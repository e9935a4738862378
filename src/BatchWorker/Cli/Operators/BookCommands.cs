using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using BatchWorker.Settings;

namespace BatchWorker.Cli.Operators;

/// <summary><c>savings</c>, <c>budgets</c> and <c>alerts</c>.</summary>
internal static class BookCommands
{
    private const string Last = "last";

    public static Command BuildSavings()
    {
        var days = new Option<int>("--days") { Description = "UTC days, today included", DefaultValueFactory = _ => 7 };
        var run = new Option<string?>("--run") { Description = $"What one drain saved: run_… or {Last}, the newest that sent something and was no carry-over" };
        run.CompletionSources.Add(Last);
        return new OperatorCommand("savings", "What batches cost and saved, day by day or of one drain").With(days, run).Does((session, parsed) =>
            parsed.GetValue(run) is { } wanted ? RunAsync(session, wanted) : DaysAsync(session, parsed.GetValue(days)));
    }

    public static Command BuildBudgets() => new OperatorCommand("budgets", "How far the budgets of the present day and month are used").Does(async (session, _) =>
    {
        await session.ShowAsync("/batch/budgets", answer => TableWriter.Table(session.Output, Cells.Each(answer, "items"), Tables.Budgets));
        return ExitCodes.Done;
    });

    public static Command BuildAlerts()
    {
        var recent = new Option<bool>("--recent") { Description = "Those that are over, too" };
        return new OperatorCommand("alerts", "What someone should know now; exit code 1 while a warning or worse is active").With(recent).Does(async (session, parsed) =>
        {
            var alerts = await session.ShowAsync("/batch/alerts", answer =>
                TableWriter.Table(session.Output, [.. Cells.Each(answer, "active"), .. parsed.GetValue(recent) ? Cells.Each(answer, "recent") : []], Tables.Alerts));
            return Cells.Each(alerts, "active").Any(alert => Cells.Text(alert, "severity") != "info") ? ExitCodes.No : ExitCodes.Done;
        });
    }

    private static async Task<int> DaysAsync(Session session, int days)
    {
        await session.ShowAsync(string.Create(CultureInfo.InvariantCulture, $"/batch/report?days={days}"), report =>
        {
            TableWriter.Table(session.Output, Cells.Each(report, "days").Reverse(), Tables.Days);
            session.Say($"Together: paid {Cells.Dollars(report, "totals.batch_cost")} instead of {Cells.Dollars(report, "totals.realtime_cost")}, saved {Cells.Dollars(report, "totals.saved")} ({Cells.Number(report, "totals.saved_percent")} %). Answers count on the day on which they came.");
            if (Cells.Amount(report, "totals.unpriced_jobs") > 0)
            {
                session.Say($"{Cells.Number(report, "totals.unpriced_jobs")} answers have no known price and are in no sum.");
            }
        });
        return ExitCodes.Done;
    }

    private static async Task<int> RunAsync(Session session, string wanted)
    {
        var id = wanted == Last ? await FindLastAsync(session) : wanted;
        var follower = new RunFollower(session.Client, Uri.EscapeDataString(id), TimeProvider.System);
        var summary = await RunSummary.ReadAsync(session.Client, await follower.LookAsync(), CancellationToken.None);
        if (session.Json)
        {
            session.Print(JsonSerializer.Serialize(summary.Lines, s_snake));
        }
        else
        {
            SummaryTable.Print(summary);
            session.Say($"{id}; {summary.Run.OpenBatches} of its batches have not ended.");
        }
        return ExitCodes.Done;
    }

    private static readonly JsonSerializerOptions s_snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static async Task<string> FindLastAsync(Session session)
    {
        await foreach (var run in session.Client.ReadAsync("/batch/runs", CancellationToken.None))
        {
            if (Cells.Text(run, "trigger") != "carry_over" && Cells.Each(run, "batches").Any())
            {
                return Cells.Text(run, "run_id");
            }
        }
        throw new StartRefusal(ExitCodes.No, "No drain has sent anything yet.");
    }
}
