namespace BatchWorker.Providers.Http;

/// <summary>
/// Reads a whole answer inside the retry, so that one cut in its middle is tried again and the time-out of an
/// attempt covers the body. Downloads are left alone.
/// </summary>
internal sealed class BufferingHandler : DelegatingHandler
{
    /// <summary>Set on requests whose answer is streamed.</summary>
    public static readonly HttpRequestOptionsKey<bool> Streamed = new("batchworker.streamed");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode && request.Options.TryGetValue(Streamed, out var streamed) && streamed)
        {
            return response;
        }
        try
        {
            await response.Content.LoadIntoBufferAsync(HttpAnswer.LongestBody, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
