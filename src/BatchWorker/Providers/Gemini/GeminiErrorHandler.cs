using System.Globalization;
using System.Net;
using System.Text.Json;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Gemini;

/// <summary>
/// Puts into HTTP's own words what Google says only in the body of an error: how long to wait
/// (<c>google.rpc.RetryInfo</c>) and that the key is wrong, for which it answers 400 (reason <c>API_KEY_INVALID</c>).
/// </summary>
internal sealed class GeminiErrorHandler : DelegatingHandler
{
    private const string WrongKey = "API_KEY_INVALID";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if ((int)response.StatusCode < 400)
        {
            return response;
        }
        try
        {
            await response.Content.LoadIntoBufferAsync(HttpAnswer.LongestBody, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            Translate(response, new HttpAnswer((int)response.StatusCode, body, null).ReadObject()?.Object("error")?.Items("details") ?? []);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static void Translate(HttpResponseMessage response, IReadOnlyList<JsonElement> details)
    {
        if (response.StatusCode == HttpStatusCode.BadRequest && details.Any(detail => detail.Text("reason") == WrongKey))
        {
            response.StatusCode = HttpStatusCode.Unauthorized;
        }
        if (!response.Headers.NonValidated.Contains("Retry-After") && details.Select(DelayOf).FirstOrDefault(delay => delay is not null) is { } wait)
        {
            response.Headers.TryAddWithoutValidation("Retry-After", wait);
        }
    }

    /// <summary>A duration in Google's JSON: seconds with up to nine digits after the point and an <c>s</c>.</summary>
    private static string? DelayOf(JsonElement detail) =>
        detail.Text("retryDelay") is [.. var seconds, 's']
        && decimal.TryParse(seconds, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _)
            ? seconds
            : null;
}
