using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BatchWorker.Simulator.Answers;

/// <summary>One line of an input file, as far as it could be read.</summary>
/// <param name="CustomId">The caller's id.</param>
/// <param name="Method">Must be POST.</param>
/// <param name="Url">Must be the batch's endpoint.</param>
/// <param name="Body">The request's bytes.</param>
/// <param name="Model">The model inside.</param>
/// <param name="Inputs">Embedding inputs.</param>
internal sealed partial record RequestLine(string? CustomId, string? Method, string? Url, byte[] Body, string? Model, int Inputs)
{
    /// <summary>Null for a line that is no JSON object.</summary>
    public static RequestLine? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }
            var body = root.TryGetProperty("body", out var found) && found.ValueKind == JsonValueKind.Object ? found : default;
            var bytes = body.ValueKind == JsonValueKind.Object ? Encoding.UTF8.GetBytes(body.GetRawText()) : [];
            return new RequestLine(Text(root, "custom_id"), Text(root, "method"), Text(root, "url"), bytes, Text(body, "model"), InputsOf(body));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What a test has marked the request with.</summary>
    public IReadOnlyList<string> Marks => [.. Mark().Matches(Encoding.UTF8.GetString(Body)).Select(match => match.Value)];

    /// <summary>Four characters are a token.</summary>
    public long InputTokens => (Body.Length + 3) / 4;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int InputsOf(JsonElement body) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty("input", out var input) && input.ValueKind == JsonValueKind.Array && input.GetArrayLength() > 0 && input[0].ValueKind != JsonValueKind.Number
            ? input.GetArrayLength()
            : 1;

    [GeneratedRegex("mk-[A-Za-z0-9_-]+", RegexOptions.CultureInvariant)]
    private static partial Regex Mark();
}
