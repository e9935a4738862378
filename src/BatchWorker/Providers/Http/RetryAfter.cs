using System.Globalization;
using System.Net.Http.Headers;

namespace BatchWorker.Providers.Http;

/// <summary>How long a provider asks to wait (RFC 9110 §10.2.3, and OpenAI's finer <c>retry-after-ms</c>).</summary>
internal static class RetryAfter
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>At most one hour, zero for a date that has passed, null when there is no header that can be read.</summary>
    public static TimeSpan? Of(HttpResponseHeaders headers, DateTimeOffset now) =>
        Number(Value(headers, "retry-after-ms"), TimeSpan.FromMilliseconds(1))
        ?? Number(Value(headers, "retry-after"), TimeSpan.FromSeconds(1))
        ?? Date(Value(headers, "retry-after"), now);

    private static string? Value(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static TimeSpan? Number(string? text, TimeSpan unit)
    {
        var isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= 0; // "NaN" parses
        return !isNumber ? null : number >= Longest / unit ? Longest : number * unit;
    }

    private static TimeSpan? Date(string? text, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            return null;
        }
        var wait = date - now;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait;
    }
}
