using System.Text.Json;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Gemini;

/// <summary>Where an ended operation has its answers: in a file for batches made from a file, inside the operation for others.</summary>
internal static class GeminiOutput
{
    /// <summary>Embeddings have their own word in Google's client, the API's description has one for both.</summary>
    private static readonly string[] s_inlined = ["inlinedResponses", "inlinedEmbedContentResponses"];

    /// <summary>The result file; null when there is none.</summary>
    public static string? FileOf(JsonElement operation) =>
        Places(operation).Select(place => GeminiPath.FileName(place.Text("responsesFile"))).FirstOrDefault(file => file is not null);

    /// <summary>The answers inside the operation; empty when there are none.</summary>
    public static IReadOnlyList<JsonElement> InlinedIn(JsonElement operation) =>
        Places(operation).SelectMany(place => s_inlined.Select(name => ItemsOf(place, name))).FirstOrDefault(items => items is { Count: > 0 }) ?? [];

    private static IEnumerable<JsonElement> Places(JsonElement operation)
    {
        if (operation.Object("metadata")?.Object("output") is { } output)
        {
            yield return output;
        }
        if (operation.Object("response") is { } response)
        {
            yield return response;
            if (response.Object("output") is { } inner)
            {
                yield return inner;
            }
        }
    }

    /// <summary>The list is nested twice under one name; a flat one is taken too.</summary>
    private static IReadOnlyList<JsonElement>? ItemsOf(JsonElement place, string name) =>
        place.Object(name)?.Items("inlinedResponses") ?? place.Items(name);
}
