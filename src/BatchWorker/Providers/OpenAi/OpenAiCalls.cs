using System.Text.Json;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.OpenAi;

/// <summary>Sends a call and reads its answer as JSON; failures are values.</summary>
internal static class OpenAiCalls
{
    public static async Task<Answer<T>> AskAsync<T>(this HttpClient client, HttpRequestMessage request, Func<JsonElement, T?> read, TimeProvider time, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return await HttpFailures.OfAsync(response, time.GetUtcNow(), cancellationToken);
            }
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            using var document = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            return read(document.RootElement) is { } value ? value : Unreadable;
        }
        catch (Exception failure) when (HttpFailures.IsExpected(failure, cancellationToken))
        {
            return HttpFailures.Of(failure);
        }
    }

    /// <summary>A 2xx answer that says nothing we know.</summary>
    private static ProviderFailure Unreadable => new(FailureKind.Unavailable, "unreadable", "The provider's answer could not be read.");

    /// <summary>A member's text; null when it is absent, null or empty: OpenAI writes all three for "none".</summary>
    public static string? TextOf(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>A member's number; null when it is absent or null.</summary>
    public static long? NumberOf(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    /// <summary>The elements of a member that is an array; nothing when it is not.</summary>
    public static IEnumerable<JsonElement> ListOf(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];
}
