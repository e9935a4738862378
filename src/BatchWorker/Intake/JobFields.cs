using System.Globalization;
using System.Text.Json;

namespace BatchWorker.Intake;

/// <summary>Reads the members of a job, collecting what is wrong with them.</summary>
internal sealed class JobFields
{
    private static readonly HashSet<string> s_known =
        ["job_type", "provider", "priority", "data", "endpoint", "idempotency_key", "callback_url", "metadata", "not_before", "deadline", "max_attempts"];

    private readonly JsonElement _job;

    public JobFields(JsonElement job)
    {
        _job = job;
        foreach (var member in job.EnumerateObject().Where(member => !s_known.Contains(member.Name)))
        {
            Refuse(FieldError.Token(member.Name), "This field is not known.");
        }
    }

    public List<FieldError> Errors { get; } = [];

    /// <summary>Notes what is wrong; beyond <see cref="FieldError.Most"/> nothing more is noted.</summary>
    public void Refuse(string field, string detail)
    {
        if (Errors.Count < FieldError.Most)
        {
            Errors.Add(new FieldError("/" + field, detail));
        }
    }

    /// <summary>The member; null when it is absent or null.</summary>
    public JsonElement? Find(string name) =>
        _job.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public string? Text(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }
        if (value.ValueKind == JsonValueKind.String && TryGetText(value, out var text))
        {
            return text;
        }
        Refuse(name, "A string is expected.");
        return null;
    }

    /// <summary>The text of a member that must be there; null once it was refused.</summary>
    public string? Required(string name)
    {
        if (Find(name) is null)
        {
            Refuse(name, "This field is required.");
        }
        return Text(name);
    }

    /// <summary>A whole number within bounds; the default when it is absent.</summary>
    public int Number(string name, int least, int most, int otherwise)
    {
        if (Find(name) is not { } value)
        {
            return otherwise;
        }
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most)
        {
            return number;
        }
        Refuse(name, string.Create(CultureInfo.InvariantCulture, $"A whole number from {least} to {most} is expected."));
        return otherwise;
    }

    /// <summary>A time with its offset (RFC 3339).</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }
        if (value.ValueKind == JsonValueKind.String && TryGetText(value, out var text) && Rfc3339.TryParse(text, out var time))
        {
            return time;
        }
        Refuse(name, "A time such as 2026-11-23T02:00:00Z is expected.");
        return null;
    }

    /// <summary>False for text with half a surrogate pair: JSON can write it, nothing can read it.</summary>
    public static bool TryGetText(JsonElement value, out string text)
    {
        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return false;
        }
    }
}
