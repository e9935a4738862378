using BatchWorker.Intake;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>A wish to drain: <c>{"job_type"?, "provider"?, "max_jobs"?, "wait"?, "wait_seconds"?, "dry_run"?}</c>.</summary>
internal sealed record ProcessBody(RunFilter Filter, bool Wait, TimeSpan WaitAtMost, bool DryRun)
{
    private const int DefaultWait = 60;
    private const int LongestWait = 3600;
    private static readonly string[] s_all = ["max_jobs", "wait", "wait_seconds", "dry_run"];
    private static readonly string[] s_filtered = ["job_type", "provider", .. s_all];

    public static async Task<(ProcessBody? Wish, Problem? Refusal)> ReadAsync(HttpRequest request, IntakeOptions intake, bool filtered)
    {
        var (body, refusal) = await SmallBodies.ReadObjectAsync(request, filtered ? s_filtered : s_all);
        if (refusal is not null)
        {
            return (null, refusal);
        }
        var errors = new List<FieldError>();
        var fields = new BodyFields(body, "", errors);
        var jobType = fields.Word("job_type", intake.JobTypes);
        var provider = fields.Word("provider", ProviderNames.All.Select(name => name.Wire()));
        var most = fields.Number("max_jobs", 1, int.MaxValue);
        var seconds = fields.Number("wait_seconds", 0, LongestWait) ?? DefaultWait;
        var (wait, dryRun) = (fields.Flag("wait"), fields.Flag("dry_run"));
        return errors.Count > 0
            ? (null, Problem.Invalid([.. errors]))
            : (new ProcessBody(new RunFilter(jobType, provider, most), wait, TimeSpan.FromSeconds(seconds), dryRun), null);
    }
}
