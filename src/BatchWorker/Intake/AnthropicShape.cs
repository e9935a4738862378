using System.Text.Json;

namespace BatchWorker.Intake;

/// <summary>Requests for Anthropic: the body of the Messages API, the model in it; there is one endpoint.</summary>
internal sealed class AnthropicShape : IRequestShape
{
    private const string MessagesEndpoint = "/v1/messages";
    private const string Messages = "messages";

    public IReadOnlyList<string> Endpoints { get; } = [MessagesEndpoint];

    public bool TakesEndpoint => false;

    public IReadOnlyList<string> Members { get; } = [Messages];

    public string? EndpointOf(JsonElement data, string model) => data.TryGetProperty(Messages, out _) ? MessagesEndpoint : null;

    public string ModelOf(string named) => named;

    public byte[] BodyOf(JsonElement data) => StrictJson.Minify(data);

    public int InputUnits(string endpoint, JsonElement data) => 1;
}
