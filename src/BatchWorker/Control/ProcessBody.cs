using System.Text.Json;
using BatchWorker.Intake;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>A wish to drain: <c>{"job_type"?, "provider"?, "max_jobs"?, "wait"?, "wait_seconds"?}</c>.</summary>
internal sealed record ProcessBody(RunFilter Filter, bool Wait, TimeSpan WaitAtMost)
{
    private const int DefaultWait = 60;
    private const int LongestWait = 3600;
    private static readonly string[] s_all = ["max_jobs", "wait", "wait_seconds"];
    private static readonly string[] s_filtered = ["job_type", "provider", .. s_all];

    public static async Task<(ProcessBody? Wish, Problem? Refusal)> ReadAsync(HttpRequest request, IntakeOptions intake, bool filtered)
    {
        var (body, refusal) = await SmallBodies.ReadObjectAsync(request, filtered ? s_filtered : s_all);
        if (refusal is not null)
        {
            return (null, refusal);
        }
        var errors = new List<FieldError>();
        var jobType = Word(body, "job_type", intake.JobTypes, errors);
        var provider = Word(body, "provider", ProviderNames.All.Select(name => name.Wire()).ToHashSet(), errors);
        var most = Number(body, "max_jobs", 1, int.MaxValue, errors);
        var seconds = Number(body, "wait_seconds", 0, LongestWait, errors) ?? DefaultWait;
        var wait = Flag(body, "wait", errors);
        return errors.Count > 0
            ? (null, Problem.Invalid([.. errors]))
            : (new ProcessBody(new RunFilter(jobType, provider, most), wait, TimeSpan.FromSeconds(seconds)), null);
    }

    private static JsonElement? Find(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Word(JsonElement body, string name, IReadOnlySet<string> known, List<FieldError> errors)
    {
        if (Find(body, name) is not { } value)
        {
            return null;
        }
        if (value.ValueKind == JsonValueKind.String && known.Contains(value.GetString()!))
        {
            return value.GetString();
        }
        errors.Add(new FieldError("/" + name, $"Known are {string.Join(", ", known)}."));
        return null;
    }

    private static int? Number(JsonElement body, string name, int least, int most, List<FieldError> errors)
    {
        if (Find(body, name) is not { } value)
        {
            return null;
        }
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most)
        {
            return number;
        }
        errors.Add(new FieldError("/" + name, FormattableString.Invariant($"A whole number from {least} to {most} is expected.")));
        return null;
    }

    private static bool Flag(JsonElement body, string name, List<FieldError> errors)
    {
        if (Find(body, name) is { } value && value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            errors.Add(new FieldError("/" + name, "true or false is expected."));
        }
        return Find(body, name)?.ValueKind == JsonValueKind.True;
    }
}
