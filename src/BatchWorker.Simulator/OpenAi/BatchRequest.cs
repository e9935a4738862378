using System.Text.Json;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>The body of a create call.</summary>
/// <param name="InputFileId">The uploaded requests.</param>
/// <param name="Endpoint">Where they go.</param>
/// <param name="Metadata">The caller's tags; null for none.</param>
/// <param name="OutputKept">How long result files are kept; null for the usual 30 days.</param>
internal sealed record BatchRequest(string InputFileId, string Endpoint, IReadOnlyDictionary<string, string>? Metadata, TimeSpan? OutputKept)
{
    private const int MaxPairs = 16;
    private const int MaxKey = 64;
    private const int MaxValue = 512;
    private static readonly string[] Required = ["input_file_id", "endpoint", "completion_window"];
    private static readonly string[] Members = [.. Required, "metadata", "output_expires_after"];

    /// <summary>The request, or why it is refused.</summary>
    public static (BatchRequest? Request, IResult? Refusal) Parse(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return (null, OpenAiError.Invalid("We could not parse the JSON body of your request."));
        }
        var refusal = Refuse(body) ?? RefuseMetadata(body) ?? RefuseExpiry(body);
        return refusal is null ? (Read(body), null) : (null, refusal);
    }

    private static BatchRequest Read(JsonElement body) => new(
        Text(body, "input_file_id")!,
        Text(body, "endpoint")!,
        Member(body, "metadata") is { } metadata ? metadata.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!) : null,
        Member(body, "output_expires_after") is { } expiry ? TimeSpan.FromSeconds(expiry.GetProperty("seconds").GetInt64()) : null);

    private static IResult? Refuse(JsonElement body)
    {
        if (body.EnumerateObject().FirstOrDefault(member => !Members.Contains(member.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
        {
            return OpenAiError.Invalid($"Unknown parameter: '{unknown.Name}'.", unknown.Name, "unknown_parameter");
        }
        if (Required.FirstOrDefault(name => Text(body, name) is null) is { } missing)
        {
            return OpenAiError.Invalid($"Missing required parameter: '{missing}'.", missing, "missing_required_parameter");
        }
        if (Text(body, "completion_window") != "24h")
        {
            return OpenAiError.Invalid($"Invalid value: '{Text(body, "completion_window")}'. Value must be '24h'.", "completion_window", "invalid_value");
        }
        return ResponseBodies.Endpoints.Contains(Text(body, "endpoint"))
            ? null
            : OpenAiError.Invalid($"Invalid value: '{Text(body, "endpoint")}'. Supported values are: {string.Join(", ", ResponseBodies.Endpoints.Select(value => $"'{value}'"))}.", "endpoint", "invalid_value");
    }

    private static IResult? RefuseMetadata(JsonElement body)
    {
        if (Member(body, "metadata") is not { } metadata)
        {
            return null;
        }
        var isValid = metadata.ValueKind == JsonValueKind.Object
            && metadata.EnumerateObject().Count() <= MaxPairs
            && metadata.EnumerateObject().All(pair => pair.Name.Length <= MaxKey && pair.Value.ValueKind == JsonValueKind.String && pair.Value.GetString()!.Length <= MaxValue);
        return isValid ? null : OpenAiError.Invalid($"Invalid 'metadata': at most {MaxPairs} pairs of strings, keys up to {MaxKey}, values up to {MaxValue} characters.", "metadata", "invalid_value");
    }

    private static IResult? RefuseExpiry(JsonElement body)
    {
        if (Member(body, "output_expires_after") is not { } expiry)
        {
            return null;
        }
        var isValid = expiry.ValueKind == JsonValueKind.Object
            && Text(expiry, "anchor") == "created_at"
            && expiry.TryGetProperty("seconds", out var seconds) && seconds.ValueKind == JsonValueKind.Number
            && seconds.TryGetInt64(out var value) && value is >= 3_600 and <= 2_592_000;
        return isValid ? null : OpenAiError.Invalid("Invalid 'output_expires_after': the anchor is 'created_at', seconds are 3600 to 2592000.", "output_expires_after", "invalid_value");
    }

    private static JsonElement? Member(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
