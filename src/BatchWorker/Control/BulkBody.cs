using System.Text.Json;
using BatchWorker.Intake;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>
/// A wish to cancel or retry many jobs: <c>{"filter": {"status"?, "job_type"?, "provider"?, "batch_id"?, "error_code"?}, "max"?, "dry_run"?}</c>.
/// The filter must be there, if only as <c>{}</c>: nobody means all jobs by sending nothing.
/// </summary>
internal static class BulkBody
{
    private const string Filter = "filter";
    private const string Most = "max";
    private const string DryRun = "dry_run";

    /// <param name="request">Its body is read.</param>
    /// <param name="action">What is done to the jobs.</param>
    /// <param name="jobTypes">Known job types.</param>
    public static async Task<(BulkWish? Wish, Problem? Refusal)> ReadAsync(HttpRequest request, JobAction action, IEnumerable<string> jobTypes)
    {
        var (body, refusal) = await SmallBodies.ReadObjectAsync(request, Filter, Most, DryRun);
        if (refusal is not null)
        {
            return (null, refusal);
        }
        var errors = new List<FieldError>();
        var fields = new BodyFields(body, "", errors);
        var (filter, code) = ReadFilter(fields, jobTypes, errors);
        var wish = new BulkWish(action, filter, code, fields.Number(Most, 1, int.MaxValue), fields.Flag(DryRun));
        return errors.Count > 0 ? (null, Problem.Invalid([.. errors])) : (wish, null);
    }

    private static (JobFilter Filter, string? Code) ReadFilter(BodyFields fields, IEnumerable<string> jobTypes, List<FieldError> errors)
    {
        if (fields.Find(Filter) is not { ValueKind: JsonValueKind.Object } value)
        {
            fields.Refuse(Filter, "An object is expected; {} means all jobs.");
            return (new JobFilter(), null);
        }
        var filter = new BodyFields(value, "/" + Filter, errors);
        filter.Expect("status", "job_type", "provider", "batch_id", "error_code");
        var found = new JobFilter
        {
            States = filter.Words("status", Enum.GetValues<JobState>(), state => state.Wire()),
            JobTypes = filter.Words("job_type", jobTypes, jobType => jobType),
            Providers = filter.Words("provider", ProviderNames.All, provider => provider.Wire()),
            Batch = ReadBatch(filter),
        };
        return (found, filter.Text("error_code", "A text is expected."));
    }

    private static BatchId? ReadBatch(BodyFields filter)
    {
        const string name = "batch_id";
        const string expected = "The id of a batch is expected.";
        if (filter.Text(name, expected) is not { } text)
        {
            return null;
        }
        if (BatchId.TryParse(text, out var id))
        {
            return id;
        }
        filter.Refuse(name, expected);
        return null;
    }
}
