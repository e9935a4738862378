using System.Globalization;
using System.Net;
using System.Text.Json;
using Polly;

namespace BatchWorker.Providers.Http;

/// <summary>Turns answers and exceptions of HTTP calls into failures as values.</summary>
internal static class HttpFailures
{
    private const int LongestBody = 64 << 10;

    public static async Task<ProviderFailure> OfAsync(HttpResponseMessage response, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (code, message) = await ReadAsync(response, cancellationToken);
        return new ProviderFailure(KindOf(response.StatusCode), code, ProviderText.Clean(message), RetryAfter.Of(response, now));
    }

    /// <summary>True for exceptions that mean "no usable answer", and not that we were told to stop.</summary>
    public static bool IsExpected(Exception failure, CancellationToken cancellationToken) =>
        failure is HttpRequestException or IOException or ExecutionRejectedException or JsonException
        || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    public static ProviderFailure Of(Exception failure) =>
        new(FailureKind.Unavailable, failure is OperationCanceledException ? "timeout" : "unavailable", ProviderText.Clean(failure.Message));

    public static FailureKind KindOf(HttpStatusCode status) => (int)status switch
    {
        401 or 403 => FailureKind.Unauthorized,
        404 or 410 => FailureKind.NotFound,
        408 or >= 500 => FailureKind.Unavailable,
        413 => FailureKind.TooLarge,
        429 => FailureKind.Throttled,
        >= 400 => FailureKind.Refused,
        _ => FailureKind.Unavailable,
    };

    /// <summary>OpenAI's error body; anything else gives the status alone.</summary>
    private static async Task<(string Code, string Message)> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = "http_" + ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var bytes = new byte[LongestBody];
            var length = await stream.ReadAtLeastAsync(bytes, LongestBody, throwOnEndOfStream: false, cancellationToken);
            using var document = JsonDocument.Parse(bytes.AsMemory(0, length));
            var error = document.RootElement.GetProperty("error");
            return (TextOf(error, "code") ?? TextOf(error, "type") ?? status, TextOf(error, "message") ?? status);
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException or IOException or HttpRequestException)
        {
            return (status, response.ReasonPhrase ?? status);
        }
    }

    private static string? TextOf(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
