using System.Text.Json;

namespace BatchWorker.Intake;

/// <summary>Requests for OpenAI: the model stays in the body, the endpoint may be named.</summary>
internal sealed class OpenAiShape : IRequestShape
{
    private const string Chat = "/v1/chat/completions";
    private const string Responses = "/v1/responses";
    private const string Embeddings = "/v1/embeddings";
    private const string Completions = "/v1/completions";
    private const string Moderations = "/v1/moderations";

    public IReadOnlyList<string> Endpoints { get; } = [Chat, Responses, Embeddings, Completions, Moderations];

    public bool TakesEndpoint => true;

    public IReadOnlyList<string> Members { get; } = ["messages", "prompt", "input"];

    public string? EndpointOf(JsonElement data, string model)
    {
        if (data.TryGetProperty("messages", out _))
        {
            return Chat;
        }
        if (data.TryGetProperty("prompt", out _))
        {
            return Completions;
        }
        return !data.TryGetProperty("input", out _) ? null
            : model.StartsWith("text-embedding-", StringComparison.Ordinal) ? Embeddings
            : model.Contains("moderation", StringComparison.Ordinal) ? Moderations
            : Responses;
    }

    public string ModelOf(string named) => named;

    public byte[] BodyOf(JsonElement data) => StrictJson.Minify(data);

    public int InputUnits(string endpoint, JsonElement data) =>
        endpoint == Embeddings
        && data.TryGetProperty("input", out var input)
        && input.ValueKind == JsonValueKind.Array
        && input.GetArrayLength() > 0
        && input[0].ValueKind != JsonValueKind.Number
            ? input.GetArrayLength()
            : 1;
}
