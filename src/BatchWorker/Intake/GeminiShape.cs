using System.Text.Json;

namespace BatchWorker.Intake;

/// <summary>
/// Requests for Gemini: the model goes into the URL of the batch, so it leaves the body, and it is named without the
/// <c>models/</c> that Google's own clients also take (ai.google.dev/api/batch-api).
/// </summary>
internal sealed class GeminiShape : IRequestShape
{
    private const string Generate = "generateContent";
    private const string Embed = "embedContent";
    private const string Contents = "contents";
    private const string Content = "content";
    private const string Prefix = "models/";

    public IReadOnlyList<string> Endpoints { get; } = [Generate, Embed];

    public bool TakesEndpoint => false;

    public IReadOnlyList<string> Members { get; } = [Contents, Content];

    public string? EndpointOf(JsonElement data, string model) =>
        data.TryGetProperty(Contents, out _) ? Generate
        : data.TryGetProperty(Content, out _) ? Embed
        : null;

    /// <summary>Only what can stand in a path as it is.</summary>
    public string? ModelOf(string named)
    {
        var model = named.StartsWith(Prefix, StringComparison.Ordinal) ? named[Prefix.Length..] : named;
        return model.Length > 0 && char.IsAsciiLetterOrDigit(model[0]) && model.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-') ? model : null;
    }

    public byte[] BodyOf(JsonElement data) => StrictJson.Minify(data, without: RequestReader.Model);

    public int InputUnits(string endpoint, JsonElement data) => 1;
}
