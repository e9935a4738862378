namespace BatchWorker.Providers.Http;

/// <summary>The calls to one provider, with expected failures as values.</summary>
internal sealed class ProviderHttp(IHttpClientFactory clients, ProviderConnection connection, TimeProvider time)
{
    /// <summary>What is allowed for sending each such number of bytes, besides the time-out of the create call: 4 Mbit/s.</summary>
    private const long SlowestBytesPerSecond = 500_000;

    /// <summary>Cleans the provider's texts.</summary>
    public Redaction Redaction { get; } = new(connection.ApiKey);

    /// <summary>Says what answers other than successes mean.</summary>
    public ProviderFailures Failures { get; init; } = new(new Redaction(connection.ApiKey));

    /// <summary>Whether an address that the provider gave is at the host that was configured; the key goes nowhere else.</summary>
    public bool IsOwn(Uri address) => connection.IsOwn(address);

    /// <summary>A call that may be repeated, and is; the value is a success.</summary>
    public async Task<Answer<HttpAnswer>> ReadAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        using var client = clients.CreateClient(ProviderClients.ReadsOf(connection));
        return await AnswerAsync(client, request, cancellationToken, cancellationToken);
    }

    /// <summary>A call without a second try; the value is a success.</summary>
    public async Task<Answer<HttpAnswer>> SendOnceAsync(string path, HttpContent content, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        return await SendOnceAsync(request, timeout, cancellationToken);
    }

    /// <summary>The same for a request with headers of its own, or to an address that the provider gave.</summary>
    public async Task<Answer<HttpAnswer>> SendOnceAsync(HttpRequestMessage request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var client = clients.CreateClient(ProviderClients.OnceOf(connection));
        return await AnswerAsync(client, request, either.Token, cancellationToken);
    }

    /// <summary>
    /// The call that spends money: one request on a connection of its own. Throws nothing, not even when it is cancelled:
    /// then it is unknown, or not sent if the body had not begun to leave.
    /// </summary>
    /// <param name="path">Below the base URL.</param>
    /// <param name="content">What to send.</param>
    /// <param name="idField">Where the answer has the id of what was created.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public async Task<CreateOutcome> CreateAsync(string path, HttpContent content, string idField, CancellationToken cancellationToken)
    {
        using var watched = new WatchedContent(content);
        try
        {
            using var limit = new CancellationTokenSource(connection.Timeouts.Create + TimeToSend(content), time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = watched };
            using var client = clients.CreateClient(ProviderClients.OnceOf(connection));
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return new CreateClassifier(Failures).Of(await HttpAnswer.ReadAsync(response, time, either.Token), idField);
        }
        catch (Exception fault)
        {
            return CreateClassifier.Of(fault, watched.Begun);
        }
    }

    /// <summary>Begins a download; throws <see cref="ProviderReadException"/> when it cannot.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Options.Set(BufferingHandler.Streamed, true);
        using var client = clients.CreateClient(ProviderClients.ReadsOf(connection));
        try
        {
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.IsSuccessStatusCode ? response : throw await RefusedAsync(response, cancellationToken);
        }
        catch (Exception fault) when (ProviderFailures.IsExpected(fault) && !cancellationToken.IsCancellationRequested)
        {
            throw new ProviderReadException(ProviderFailures.Of(fault));
        }
    }

    /// <summary>A body of 256 MB gets about nine minutes more than a small one.</summary>
    private static TimeSpan TimeToSend(HttpContent content) => TimeSpan.FromSeconds((content.Headers.ContentLength ?? 0) / SlowestBytesPerSecond);

    private async Task<Answer<HttpAnswer>> AnswerAsync(HttpClient client, HttpRequestMessage request, CancellationToken limit, CancellationToken callers)
    {
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit);
            var answer = await HttpAnswer.ReadAsync(response, time, limit);
            return answer.IsSuccess ? answer : Failures.Of(answer);
        }
        catch (Exception fault) when (ProviderFailures.IsExpected(fault) && !callers.IsCancellationRequested)
        {
            return ProviderFailures.Of(fault);
        }
    }

    private async Task<ProviderReadException> RefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            return new ProviderReadException(Failures.Of(await HttpAnswer.ReadAsync(response, time, cancellationToken)));
        }
    }
}
