using System.CommandLine;

namespace BatchWorker.Cli.Operators;

/// <summary><c>retry</c> and <c>cancel</c>: what is named, or all jobs of a filter.</summary>
internal static class ChangeCommands
{
    public static Command BuildRetry() => Build("retry", "Queues failed and cancelled jobs again", "job_…", id => (HttpMethod.Post, $"/batch/jobs/{id}/retry"));

    public static Command BuildCancel() => Build("cancel", "Cancels queued jobs, or a batch with all its jobs", "job_… or batch_…", id => id.StartsWith("batch_", StringComparison.Ordinal)
        ? (HttpMethod.Post, $"/batch/batches/{id}/cancel")
        : (HttpMethod.Delete, $"/batch/jobs/{id}"));

    private static Command Build(string name, string description, string what, Func<string, (HttpMethod, string)> call)
    {
        var ids = new Argument<string[]>("id") { Description = what, Arity = ArgumentArity.ZeroOrMore };
        var filter = new JobFilterOptions();
        var command = new OperatorCommand(name, description + ": those that are named, or all that a filter finds").With([ids, .. filter.All]);
        command.Validators.Add(result =>
        {
            if (result.GetValue(ids) is { Length: > 0 } == filter.IsGiven(result))
            {
                result.AddError("Either ids or a filter are expected; --every means all jobs.");
            }
        });
        return command.Does((session, parsed) => parsed.GetValue(ids) is { Length: > 0 } named ? EachAsync(session, named, call) : ByFilterAsync(session, name, filter, parsed));
    }

    private static async Task<int> EachAsync(Session session, string[] ids, Func<string, (HttpMethod Method, string Path)> call)
    {
        var worst = ExitCodes.Done;
        foreach (var id in ids)
        {
            var (method, path) = call(Uri.EscapeDataString(id));
            var code = await session.TryAsync(async () =>
            {
                await session.ShowAsync(method, path, null, answer => session.Print($"{id} {Cells.Text(answer, "status")}"));
                return ExitCodes.Done;
            });
            worst = worst == ExitCodes.Done ? code : worst;
        }
        return worst;
    }

    /// <summary>Says how many it is about before it changes them.</summary>
    private static async Task<int> ByFilterAsync(Session session, string name, JobFilterOptions filter, ParseResult parsed)
    {
        if (!parsed.GetValue(filter.DryRun) && !parsed.GetValue(filter.Yes))
        {
            var matched = await CountAsync(session, name, filter, parsed);
            if (Console.IsInputRedirected)
            {
                session.Say($"{matched} jobs would be changed; --yes does it.");
                return ExitCodes.Usage;
            }
            session.Ask($"{name} {matched} jobs? [y/N] ");
            if (Console.In.ReadLine()?.Trim() is not ("y" or "Y" or "yes"))
            {
                return ExitCodes.No;
            }
        }
        await session.ShowAsync(HttpMethod.Post, "/batch/jobs/" + name, filter.Body(parsed, parsed.GetValue(filter.DryRun)), answer =>
            session.Print($"{Cells.Number(answer, "matched")} matched, {Cells.Number(answer, "changed")} changed"));
        return ExitCodes.Done;
    }

    private static async Task<string> CountAsync(Session session, string name, JobFilterOptions filter, ParseResult parsed)
    {
        using var body = JsonContent.Create(filter.Body(parsed, dryRun: true));
        return Cells.Number(await session.Client.PostAsync("/batch/jobs/" + name, body), "matched");
    }
}
