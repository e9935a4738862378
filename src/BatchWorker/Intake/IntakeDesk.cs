using System.Globalization;
using System.Text.Json;
using BatchWorker.Queue;

namespace BatchWorker.Intake;

/// <summary>Who posts, and under which key.</summary>
/// <param name="Owner">Name of the API key; empty without one.</param>
/// <param name="IdempotencyKey">The header's value, a valid key; null without one.</param>
internal sealed record Caller(string Owner, string? IdempotencyKey)
{
    /// <summary>The key of element or line n of a body; it may be longer than a key of a caller.</summary>
    public string? KeyOf(long n) => IdempotencyKey is null ? null : FormattableString.Invariant($"{IdempotencyKey}/{n}");
}

/// <summary>What came of a call that takes all or nothing: jobs in the order of the call, or errors, or the ledger's refusal.</summary>
internal sealed record IntakeAnswer(IReadOnlyList<EnqueuedJob> Jobs, IReadOnlyList<FieldError> Errors, EnqueueRefusal Refusal)
{
    /// <summary>The body is no JSON, and so no job.</summary>
    public bool IsMalformed { get; init; }

    /// <summary>The array is longer than it may be.</summary>
    public bool IsTooMany { get; init; }

    public static IntakeAnswer Refused(IReadOnlyList<FieldError> errors) => new([], errors, EnqueueRefusal.None);
}

/// <summary>Takes single jobs and arrays of jobs.</summary>
internal sealed class IntakeDesk(JobReader reader, JobIntake intake)
{
    /// <summary>Depth of the jobs of an array.</summary>
    private const int InArray = 1;
    private static readonly FieldError s_otherJob = new("/idempotency_key", "This key belongs to another job.");

    public async Task<IntakeAnswer> AcceptAsync(ReadOnlyMemory<byte> body, Caller caller)
    {
        if (!StrictJson.TryParse(body, 0, out var document, out var error))
        {
            return IntakeAnswer.Refused([error]) with { IsMalformed = true };
        }
        using (document)
        {
            var reading = reader.Read(document.RootElement, caller.Owner, caller.IdempotencyKey);
            return reading.Job is { } job ? await EnqueueAsync([job], _ => s_otherJob) : IntakeAnswer.Refused(reading.Errors);
        }
    }

    public async Task<IntakeAnswer> AcceptArrayAsync(ReadOnlyMemory<byte> body, Caller caller)
    {
        if (!StrictJson.TryParse(body, InArray, out var document, out var error))
        {
            return IntakeAnswer.Refused([error]) with { IsMalformed = true };
        }
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                return IntakeAnswer.Refused([new FieldError("", "An array of jobs is expected.")]);
            }
            if (document.RootElement.GetArrayLength() > IntakeOptions.MostJobs)
            {
                return IntakeAnswer.Refused([]) with { IsTooMany = true };
            }
            var readings = document.RootElement.EnumerateArray().Select((job, i) => reader.Read(job, caller.Owner, caller.KeyOf(i + 1))).ToArray();
            var errors = readings.SelectMany((reading, i) => reading.Errors.Select(wrong => wrong.Under(Index(i)))).Take(FieldError.Most).ToArray();
            return errors.Length > 0
                ? IntakeAnswer.Refused(errors)
                : await EnqueueAsync([.. readings.Select(reading => reading.Job!)], i => s_otherJob.Under(Index(i)));
        }
    }

    private async Task<IntakeAnswer> EnqueueAsync(IReadOnlyList<NewJob> jobs, Func<int, FieldError> conflictAt)
    {
        if (jobs.Count == 0)
        {
            return new IntakeAnswer([], [], EnqueueRefusal.None);
        }
        var result = await intake.EnqueueAsync(jobs, allOrNothing: true);
        var conflicts = result.Jobs.Index().Where(job => job.Item.Conflict).Select(job => conflictAt(job.Index)).ToArray();
        return new IntakeAnswer(result.Jobs, conflicts, result.Refusal);
    }

    private static string Index(int i) => i.ToString(CultureInfo.InvariantCulture);
}
