using System.CommandLine;

namespace BatchWorker.Cli.Operators;

/// <summary><c>batches</c> and <c>resolve</c>.</summary>
internal static class BatchCommands
{
    public static Command Build()
    {
        var late = new Option<bool>("--late") { Description = "Only batches that somebody should look at: in doubt, with an error, near the end of their window or beyond it, not sent for an hour" };
        var ended = new Option<bool?>("--active") { Description = "true: only those that have not ended; false: only the others" };
        var list = new OperatorCommand("batches", "Batches, newest first, and why one is late").With(late, ended);
        var now = TimeProvider.System.GetUtcNow();
        var filters = new ListCommand(list, "/batch/batches", Tables.Batches(now), Words.BatchStatus, Words.Provider);
        return list.With(BuildShow(), BuildResults()).Does((session, parsed) => parsed.GetValue(late)
            ? filters.RunAsync(session, parsed, batch => Lateness.Of(batch, now) is not null, "active=true")
            : filters.RunAsync(session, parsed, more: parsed.GetValue(ended) is { } active ? active ? "active=true" : "active=false" : null));
    }

    public static Command BuildResolve()
    {
        var id = new Argument<string>("batch") { Description = "batch_… that is in_doubt" };
        var known = new Option<string?>("--as") { Description = "The provider's id of the batch, from its console" };
        var absent = new Option<bool>("--absent") { Description = "The provider does not have it: it is sent again" };
        var command = new OperatorCommand("resolve", "Decides a batch in doubt").With(id, known, absent);
        command.Validators.Add(result =>
        {
            if (result.GetValue(known) is null == !result.GetValue(absent))
            {
                result.AddError("Either --as ID or --absent is expected.");
            }
        });
        return command.Does(async (session, parsed) =>
        {
            object word = parsed.GetValue(known) is { } found ? new { provider_batch_id = found } : new { absent = true };
            await session.ShowAsync(HttpMethod.Post, $"/batch/batches/{Uri.EscapeDataString(parsed.GetValue(id)!)}/resolve", word, batch => TableWriter.Card(session.Output, batch, Tables.Batch(session.Now)));
            return ExitCodes.Done;
        });
    }

    private static OperatorCommand BuildShow()
    {
        var id = new Argument<string>("id") { Description = "batch_…" };
        return new OperatorCommand("show", "One batch").With(id).Does(async (session, parsed) =>
        {
            var batch = await session.ShowAsync("/batch/status/" + Uri.EscapeDataString(parsed.GetValue(id)!), batch => TableWriter.Card(session.Output, batch, Tables.Batch(session.Now)));
            if (Cells.Text(batch, "status") == "in_doubt")
            {
                session.Say($"It is looked for at {Cells.Text(batch, "provider")} and sent again only when proven absent. To decide now: look into the provider's console, then");
                session.Say($"  batchworker resolve {Cells.Text(batch, "batch_id")} --as ID | --absent");
            }
            return ExitCodes.Done;
        });
    }

    private static OperatorCommand BuildResults()
    {
        var id = new Argument<string>("id") { Description = "batch_…" };
        return new OperatorCommand("results", "Every job of an ended batch with its outcome there, one line of JSON (NDJSON) each").With(id).Does(async (session, parsed) =>
        {
            await foreach (var line in session.Client.LinesAsync("/batch/results/" + Uri.EscapeDataString(parsed.GetValue(id)!), CancellationToken.None))
            {
                session.Print(line);
            }
            return ExitCodes.Done;
        });
    }
}
