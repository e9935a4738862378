using System.Text.Json;

namespace BatchWorker.Intake;

/// <summary>Which endpoint a request for OpenAI is meant for, and whether it may be batched.</summary>
internal static class OpenAiShape
{
    private const string Chat = "/v1/chat/completions";
    private const string Responses = "/v1/responses";
    private const string Embeddings = "/v1/embeddings";
    private const string Completions = "/v1/completions";
    private const string Moderations = "/v1/moderations";
    private static readonly string[] s_endpoints = [Chat, Responses, Embeddings, Completions, Moderations];

    /// <summary>The endpoint that was asked for, else the one that the request's members tell.</summary>
    public static string Endpoint(JobFields fields, JsonElement data, string model)
    {
        if (fields.Text("endpoint") is { } asked)
        {
            if (!s_endpoints.Contains(asked))
            {
                fields.Refuse("endpoint", $"OpenAI batches take {string.Join(", ", s_endpoints)}.");
            }
            return asked;
        }
        if (Guess(data, model) is { } told)
        {
            return told;
        }
        fields.Refuse("data", "This is no request: it has neither messages nor prompt nor input.");
        return "";
    }

    /// <summary>Embedding inputs of a request; 1 for every other.</summary>
    public static int InputUnits(string endpoint, JsonElement data) =>
        endpoint == Embeddings
        && data.TryGetProperty("input", out var input)
        && input.ValueKind == JsonValueKind.Array
        && input.GetArrayLength() > 0
        && input[0].ValueKind != JsonValueKind.Number
            ? input.GetArrayLength()
            : 1;

    private static string? Guess(JsonElement data, string model)
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
}
