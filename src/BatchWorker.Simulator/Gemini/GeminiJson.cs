using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Gemini;

/// <summary>
/// How Gemini spells things: lowerCamel, and what is nothing is left out (the JSON of protocol buffers). What is read may be spelled in snake_case as well.
/// </summary>
internal static class GeminiJson
{
    private const string TypePrefix = "type.googleapis.com/";

    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static JsonObject Node(object body) => JsonSerializer.SerializeToNode(body, body.GetType(), Options)!.AsObject();

    /// <summary>A message that says what it is: <c>@type</c> first.</summary>
    public static JsonObject Typed(string type, object body)
    {
        var node = Node(body);
        node.Insert(0, "@type", TypePrefix + type);
        return node;
    }

    public static IResult Ok(object body) => JsonAnswer.Ok(Node(body));

    /// <summary>An int64 is a string, and zero is nothing.</summary>
    public static string? Count(long value) => value == 0 ? null : value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>An int32 is a number, and zero is nothing.</summary>
    public static int? Number(int value) => value == 0 ? null : value;

    /// <summary>RFC 3339 with as many digits as there are, e.g. <c>2026-11-23T20:45:18.1Z</c>.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A member under either of its names; null when it is absent or null.</summary>
    public static JsonElement? Member(JsonElement body, string name, string? otherName = null) =>
        body.ValueKind == JsonValueKind.Object
        && (body.TryGetProperty(name, out var value) || (otherName is not null && body.TryGetProperty(otherName, out value)))
        && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public static string? Text(JsonElement body, string name, string? otherName = null) =>
        Member(body, name, otherName) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
