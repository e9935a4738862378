using System.CommandLine;

namespace BatchWorker.Cli.Operators;

/// <summary><c>jobs</c>.</summary>
internal static class JobCommands
{
    public static Command Build()
    {
        var list = new OperatorCommand("jobs", "Jobs, newest first");
        var filters = new ListCommand(list, "/batch/jobs", Tables.Jobs, Words.JobStatus, Words.JobType, Words.Provider, new ListFilter("batch_id", "Jobs that were ever in this batch"));
        return list.Does((session, parsed) => filters.RunAsync(session, parsed)).With(BuildShow());
    }

    private static OperatorCommand BuildShow()
    {
        var id = new Argument<string>("id") { Description = "job_…" };
        var wait = new Option<int?>("--wait") { Description = "Seconds to wait for its end, at most 300" };
        var data = new Option<bool>("--data") { Description = "Request and answer too" };
        return new OperatorCommand("show", "One job, with its error, costs and history").With(id, wait, data).Does(async (session, parsed) =>
        {
            var path = "/batch/jobs/" + Uri.EscapeDataString(parsed.GetValue(id)!) + (parsed.GetValue(wait) is { } seconds ? $"?wait={seconds}" : "");
            await session.ShowAsync(path, job => TableWriter.Card(session.Output, job, parsed.GetValue(data) ? [.. Tables.Job, Column.Text("request", "data"), Column.Text("answer", "response")] : Tables.Job));
            return ExitCodes.Done;
        });
    }
}
