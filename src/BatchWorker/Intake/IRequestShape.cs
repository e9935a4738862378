using System.Text.Json;
using BatchWorker.Lifecycle;

namespace BatchWorker.Intake;

/// <summary>What a request for one provider looks like; pure.</summary>
internal interface IRequestShape
{
    /// <summary>The endpoints of its batch API, as lanes name them.</summary>
    IReadOnlyList<string> Endpoints { get; }

    /// <summary>Whether a job may name one of them.</summary>
    bool TakesEndpoint { get; }

    /// <summary>The members beside the model by which a request is known; the first that is there tells the endpoint.</summary>
    IReadOnlyList<string> Members { get; }

    /// <summary>The endpoint that the request's members tell; null when it is no request.</summary>
    string? EndpointOf(JsonElement data, string model);

    /// <summary>The model as a lane names it; null when it can not be one.</summary>
    string? ModelOf(string named);

    /// <summary>What is sent: the request without white space between its tokens, otherwise as it came.</summary>
    byte[] BodyOf(JsonElement data);

    /// <summary>Embedding inputs of a request; 1 for every other.</summary>
    int InputUnits(string endpoint, JsonElement data);
}

/// <summary>The shapes by provider.</summary>
internal static class RequestShapes
{
    private static readonly OpenAiShape s_openAi = new();
    private static readonly AnthropicShape s_anthropic = new();
    private static readonly GeminiShape s_gemini = new();

    public static IRequestShape Of(Provider provider) => provider switch
    {
        Provider.OpenAi => s_openAi,
        Provider.Anthropic => s_anthropic,
        Provider.Gemini => s_gemini,
        _ => throw new ArgumentOutOfRangeException(nameof(provider)),
    };
}
