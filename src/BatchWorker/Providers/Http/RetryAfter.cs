namespace BatchWorker.Providers.Http;

/// <summary>Reads the header <c>Retry-After</c> (RFC 9110 §10.2.3).</summary>
internal static class RetryAfter
{
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    /// <summary>How long to wait, at most an hour; null when nothing usable was said.</summary>
    public static TimeSpan? Of(HttpResponseMessage response, DateTimeOffset now)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date - now);
        return wait is not { } time ? null
            : time < TimeSpan.Zero ? TimeSpan.Zero
            : time > s_longest ? s_longest
            : time;
    }
}
