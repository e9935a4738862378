using System.CommandLine;
using System.Text.Json;

namespace BatchWorker.Cli.Operators;

/// <summary><c>runs</c> and <c>drain</c>.</summary>
internal static class RunCommands
{
    public static Command Build()
    {
        var list = new OperatorCommand("runs", "Drains, newest first");
        var filters = new ListCommand(list, "/batch/runs", Tables.Runs);
        return list.Does((session, parsed) => filters.RunAsync(session, parsed)).With(BuildShow());
    }

    public static Command BuildDrain()
    {
        var jobType = new Option<string?>("--job-type") { Description = "Only this job type" };
        var provider = new Option<string?>("--provider") { Description = "Only this provider" };
        provider.CompletionSources.Add(Words.Providers());
        var most = new Option<int?>("--max-jobs") { Description = "Most jobs, by priority and age" };
        var wait = new Option<int?>("--wait") { Description = "Wait until everything is submitted, so many seconds at most (60)", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => null };
        var plan = new Option<bool>("--dry-run") { Description = "Only say what would be sent and cost" };
        return new OperatorCommand("drain", "Sends what waits now, also while the scheduler is stopped").With(jobType, provider, most, wait, plan).Does(async (session, parsed) =>
        {
            var waits = parsed.GetResult(wait) is { Implicit: false };
            var wish = new Dictionary<string, object?>
            {
                ["job_type"] = parsed.GetValue(jobType), ["provider"] = parsed.GetValue(provider), ["max_jobs"] = parsed.GetValue(most),
                ["wait"] = waits, ["wait_seconds"] = parsed.GetValue(wait), ["dry_run"] = parsed.GetValue(plan),
            };
            var answer = await session.ShowAsync(HttpMethod.Post, "/batch/process", wish, answer => Show(session, answer, parsed.GetValue(plan), waits));
            return waits && Cells.Text(answer, "status") is "running" or "failed" ? ExitCodes.No : ExitCodes.Done;
        });
    }

    private static OperatorCommand BuildShow()
    {
        var id = new Argument<string>("id") { Description = "run_…" };
        return new OperatorCommand("show", "One drain: its batches, and what it left in the queue and why").With(id).Does(async (session, parsed) =>
        {
            await session.ShowAsync("/batch/runs/" + Uri.EscapeDataString(parsed.GetValue(id)!), run => ShowRun(session, run));
            return ExitCodes.Done;
        });
    }

    private static void Show(Session session, JsonElement answer, bool isPlan, bool waited)
    {
        if (isPlan)
        {
            ShowPlan(session, answer);
        }
        else if (waited)
        {
            ShowRun(session, answer);
        }
        else
        {
            ShowBegun(session, answer);
        }
    }

    private static void ShowBegun(Session session, JsonElement begun)
    {
        session.Print(Cells.Text(begun, "run_id"));
        session.Say($"The drain runs. batchworker runs show {Cells.Text(begun, "run_id")}");
    }

    private static void ShowRun(Session session, JsonElement run)
    {
        TableWriter.Card(session.Output, run, Tables.Runs);
        ShowTable(session, Cells.Each(run, "batches"), Tables.RunBatches);
        ShowTable(session, Cells.Each(run, "held"), Tables.Held);
    }

    private static void ShowPlan(Session session, JsonElement plan)
    {
        ShowTable(session, Cells.Each(plan, "batches"), Tables.Plan);
        ShowTable(session, Cells.Each(plan, "held"), Tables.Held);
        session.Say($"{Cells.Number(plan, "jobs")} jobs would be sent for about {Cells.Dollars(plan, "cost.expected")}; nothing was.");
        if (Cells.Text(plan, "complete") == "false")
        {
            session.Say("More jobs wait than a plan looks at: this is about the first of them.");
        }
    }

    private static void ShowTable(Session session, IEnumerable<JsonElement> items, IReadOnlyList<Column> columns)
    {
        if (items.Any())
        {
            TableWriter.Table(session.Output, items, columns);
        }
    }
}
