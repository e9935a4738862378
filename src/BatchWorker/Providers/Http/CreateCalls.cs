namespace BatchWorker.Providers.Http;

/// <summary>
/// Sends the call that spends money, once, and says what is known afterwards. The client must not retry, redirect or reuse connections.
/// </summary>
internal static class CreateCalls
{
    private const int LongestAnswer = 1 << 20;

    /// <param name="client">The provider's client for create calls.</param>
    /// <param name="request">The call.</param>
    /// <param name="readId">Reads the new batch's id from the body; null when there is none.</param>
    /// <param name="time">For a Retry-After given as a date.</param>
    /// <param name="cancellationToken">Ends the wait: the outcome is then unknown.</param>
    public static async Task<CreateOutcome> SendAsync(HttpClient client, HttpRequestMessage request, Func<byte[], string?> readId, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.IsSuccessStatusCode
                ? await ReadCreatedAsync(response, readId, cancellationToken)
                : await ReadRefusedAsync(response, time, cancellationToken);
        }
        catch (HttpRequestException failure) when (WasNotSent(failure.HttpRequestError))
        {
            return new CreateOutcome.NotSent(ProviderText.Clean(failure.Message));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            return new CreateOutcome.Unknown(failure is OperationCanceledException ? "The call timed out." : ProviderText.Clean(failure.Message));
        }
    }

    private static async Task<CreateOutcome> ReadCreatedAsync(HttpResponseMessage response, Func<byte[], string?> readId, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(LongestAnswer, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return readId(body) is { Length: > 0 } id
            ? new CreateOutcome.Created(id)
            : new CreateOutcome.Unknown($"The answer with status {(int)response.StatusCode} names no batch.");
    }

    /// <summary>408 and 409 may have arrived behind a proxy's back; every other complete 4xx created nothing.</summary>
    private static async Task<CreateOutcome> ReadRefusedAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status is < 400 or >= 500 or 408 or 409)
        {
            return new CreateOutcome.Unknown($"The call was answered with status {status}.");
        }
        await response.Content.LoadIntoBufferAsync(LongestAnswer, cancellationToken);
        return new CreateOutcome.Rejected(await HttpFailures.OfAsync(response, time.GetUtcNow(), cancellationToken));
    }

    private static bool WasNotSent(HttpRequestError error) => error
        is HttpRequestError.NameResolutionError
        or HttpRequestError.ConnectionError
        or HttpRequestError.SecureConnectionError
        or HttpRequestError.ProxyTunnelError;
}
