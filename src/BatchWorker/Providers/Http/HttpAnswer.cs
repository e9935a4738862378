using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Unicode;

namespace BatchWorker.Providers.Http;

/// <summary>An answer that was read to its end.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The whole body.</param>
/// <param name="RetryAfter">The provider's Retry-After, at most one hour; null when it gave none.</param>
internal sealed record HttpAnswer(int Status, byte[] Body, TimeSpan? RetryAfter)
{
    /// <summary>Far above any list page; keeps an endless body from filling the memory.</summary>
    public const int LongestBody = 32 << 20;

    /// <summary>The response's own headers; null in an answer that was not read from a connection.</summary>
    public HttpResponseHeaders? Headers { get; init; }

    public bool IsSuccess => Status is >= 200 and <= 299;

    /// <summary>Reads the rest of a response; throws as the transport does when it is cut.</summary>
    public static async Task<HttpAnswer> ReadAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(LongestBody, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return new HttpAnswer((int)response.StatusCode, body, Http.RetryAfter.Of(response.Headers, time.GetUtcNow())) { Headers = response.Headers };
    }

    /// <summary>One of the headers; null when it did not come.</summary>
    public string? Header(string name) =>
        Headers?.NonValidated.TryGetValues(name, out var values) is true ? values.FirstOrDefault() : null;

    /// <summary>The body as a JSON object; null when it is none, or has a name that can not be read: it might be the one that is asked for.</summary>
    public JsonElement? ReadObject()
    {
        if (!Utf8.IsValid(Body))
        {
            return null;
        }
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.ValueKind is JsonValueKind.Object && document.RootElement.HasReadableNames() ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
