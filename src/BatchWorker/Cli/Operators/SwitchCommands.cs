using System.CommandLine;
using System.Text.Json;

namespace BatchWorker.Cli.Operators;

/// <summary><c>scheduler</c> and <c>providers</c>.</summary>
internal static class SwitchCommands
{
    private static readonly Column[] s_scheduler = [Column.Text("state", "state"), Column.Time("next drain", "next_run_at"), Column.Text("schedule", "schedule")];

    public static Command BuildScheduler() => Scheduler("scheduler", "The nightly drain: when, and whether", HttpMethod.Get, "").With(
        Scheduler("stop", "No drain starts by itself, tonight's included, until start; batches that were sent are followed on", HttpMethod.Post, "/stop"),
        Scheduler("start", "Drains go by the schedule again; also the word that submission may go on after rollback_detected", HttpMethod.Post, "/start"));

    public static Command BuildProviders()
    {
        var list = new OperatorCommand("providers", "The providers and how they stand");
        return list.With(Provider("pause", "Nothing is sent to it; batches that it has are followed on"), Provider("resume", "Ends a pause, and asks a provider that was away whether it is back"))
            .Does(async (session, _) =>
            {
                await session.ShowAsync("/batch/providers", answer =>
                {
                    TableWriter.Table(session.Output, Cells.Each(answer, "items"), Tables.Providers);
                    Array.ForEach([.. Cells.Each(answer, "items")], provider => Advise(session, provider));
                });
                return ExitCodes.Done;
            });
    }

    private static OperatorCommand Scheduler(string name, string description, HttpMethod method, string action) => new OperatorCommand(name, description).Does(async (session, _) =>
    {
        await session.ShowAsync(method, "/batch/scheduler" + action, null, scheduler => TableWriter.Card(session.Output, scheduler, s_scheduler));
        return ExitCodes.Done;
    });

    private static OperatorCommand Provider(string name, string description)
    {
        var provider = new Argument<string>("provider");
        provider.CompletionSources.Add(Words.Providers());
        return new OperatorCommand(name, description).With(provider).Does(async (session, parsed) =>
        {
            await session.ShowAsync(HttpMethod.Post, $"/batch/providers/{Uri.EscapeDataString(parsed.GetValue(provider)!)}/{name}", null, answer =>
            {
                TableWriter.Card(session.Output, answer, Tables.Providers);
                Advise(session, answer);
            });
            return ExitCodes.Done;
        });
    }

    private static void Advise(Session session, JsonElement provider)
    {
        var name = Cells.Text(provider, "provider");
        var advice = Cells.Text(provider, "status") switch
        {
            "unauthorized" => $"{name} refuses the key. Its jobs wait and its batches are safe. Put a new key into {name.ToUpperInvariant()}_API_KEY (or its file) and restart the daemon; drains go on by themselves.",
            "unavailable" => $"{name} does not answer. Its jobs wait; it is asked again every BATCH_PROVIDER_PROBE seconds. Now: batchworker providers resume {name}",
            "paused" => $"{name} was paused by an operator. On: batchworker providers resume {name}",
            _ => null,
        };
        if (advice is not null)
        {
            session.Say(advice);
        }
    }
}
