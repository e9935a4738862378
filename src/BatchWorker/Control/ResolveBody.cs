using System.Text.Json;
using BatchWorker.Intake;

namespace BatchWorker.Control;

/// <summary>An operator's word about a create call: <c>{"provider_batch_id": "…"}</c> or <c>{"absent": true}</c>.</summary>
internal static class ResolveBody
{
    private const string Id = "provider_batch_id";
    private const string Absent = "absent";
    private const int LongestId = 256;

    /// <summary>The provider's batch id, or an empty string for "there is none".</summary>
    public static async Task<(string? Word, Problem? Refusal)> ReadAsync(HttpRequest request)
    {
        var (body, refusal) = await SmallBodies.ReadObjectAsync(request, Id, Absent);
        if (refusal is not null)
        {
            return (null, refusal);
        }
        var hasId = body.TryGetProperty(Id, out var id);
        var hasAbsent = body.TryGetProperty(Absent, out var absent);
        if (hasId == hasAbsent)
        {
            return (null, Problem.Invalid(new FieldError("", "Either provider_batch_id or absent is expected.")));
        }
        if (hasAbsent)
        {
            return absent.ValueKind == JsonValueKind.True ? ("", null) : (null, Problem.Invalid(new FieldError("/absent", "true is expected.")));
        }
        return id.ValueKind == JsonValueKind.String && id.GetString() is { Length: > 0 and <= LongestId } word
            ? (word, null)
            : (null, Problem.Invalid(new FieldError("/provider_batch_id", "The provider's id of the batch is expected.")));
    }
}
