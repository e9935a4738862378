using System.Text.Json;
using System.Text.RegularExpressions;
using BatchWorker.Simulator.Answers;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>
/// What a create call checks of each request at once; params wait until it runs. Words of the API's own validation, as seen in
/// anthropics/anthropic-sdk-python#984; that of duplicates is this simulator's reading.
/// </summary>
internal sealed partial class EnvelopeCheck(string version)
{
    private const int MaxId = 64;
    private readonly HashSet<Fingerprint> _ids = [];
    private bool _isMixed;

    /// <summary>The model of all requests; null when they name several, or none.</summary>
    public string? Model { get; private set; }

    /// <summary>Prompt tokens of all requests.</summary>
    public long Tokens { get; private set; }

    /// <summary>Null for a good one.</summary>
    /// <exception cref="JsonException">It is no JSON in valid UTF-8.</exception>
    public string? Refuse(int index, ReadOnlySpan<byte> bytes)
    {
        var request = MessageRequest.Parse(bytes);
        if (Refuse(request) is { } refusal)
        {
            return $"requests.{index}{refusal}";
        }
        if (!_ids.Add(Fingerprint.Of(request.CustomId!)))
        {
            return $"requests.{index}.custom_id: custom_id must be unique within a batch: '{request.CustomId}' is used more than once";
        }
        Count(bytes);
        return null;
    }

    private static string? Refuse(MessageRequest request) => request switch
    {
        { Type: not JsonTokenType.StartObject } => ": Input should be a valid dictionary or object to extract fields from",
        { Unknown: { } name } => $".{name}: Extra inputs are not permitted",
        { CustomIdType: JsonTokenType.None } => ".custom_id: Field required",
        { CustomId: null } => ".custom_id: Input should be a valid string",
        { CustomId.Length: 0 } => ".custom_id: String should have at least 1 character",
        { CustomId.Length: > MaxId } => $".custom_id: String should have at most {MaxId} characters",
        { CustomId: var id } when !Pattern.IsMatch(id) => $".custom_id: String should match pattern '^[a-zA-Z0-9_-]{{1,{MaxId}}}$'",
        { ParamsType: JsonTokenType.None } => ".params: Field required",
        { ParamsType: not JsonTokenType.StartObject } => ".params: Input should be a valid dictionary or object to extract fields from",
        _ => null,
    };

    private void Count(ReadOnlySpan<byte> bytes)
    {
        var prompt = MessageRequest.ReadItem(bytes, version).Prompt;
        Tokens += prompt.Tokens;
        _isMixed |= _ids.Count > 1 && prompt.Model != Model;
        Model = _isMixed ? null : prompt.Model;
    }

    [GeneratedRegex(@"^[a-zA-Z0-9_-]+\z")]
    private static partial Regex Pattern { get; }
}
