using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using BatchWorker.Queue;

namespace BatchWorker.Callbacks;

/// <summary>Makes one attempt: a signed POST.</summary>
internal sealed class CallbackSender(CallbackOptions options, Resolve resolve, TimeProvider time) : IDisposable
{
    private static readonly ProductInfoHeaderValue s_agent = new("BatchWorker", typeof(CallbackSender).Assembly.GetName().Version?.ToString(3));
    private readonly HttpMessageInvoker _http = new(new AddressGuard(options.Rules, resolve).CreateHandler());

    public void Dispose() => _http.Dispose();

    public async Task<Attempt> SendAsync(string url, string id, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (!options.Rules.TryRead(url, out var receiver, out _))
        {
            return new Attempt(DeliveryError.Blocked);
        }
        using var late = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var request = RequestOf(receiver, id, body);
            using var response = await _http.SendAsync(request, either.Token);
            return Judge(response);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return new Attempt(DeliveryError.Timeout);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) // the time to connect was over
        {
            return new Attempt(DeliveryError.Timeout);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException)
        {
            return new Attempt(failure is AddressBlockedException || failure.InnerException is AddressBlockedException ? DeliveryError.Blocked : DeliveryError.Unreachable);
        }
    }

    private HttpRequestMessage RequestOf(Uri receiver, string id, ReadOnlyMemory<byte> body)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, receiver) { Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
        request.Headers.UserAgent.Add(s_agent);
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", options.Secrets!.Sign(id, timestamp, body.Span));
        return request;
    }

    /// <summary>The head of the answer says all.</summary>
    private Attempt Judge(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        return response.IsSuccessStatusCode ? new Attempt(DeliveryError.None, status)
            : response.StatusCode == HttpStatusCode.Gone ? new Attempt(DeliveryError.Gone, status)
            : new Attempt(DeliveryError.Status, status, response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable ? WishOf(response.Headers.RetryAfter) : null);
    }

    private TimeSpan? WishOf(RetryConditionHeaderValue? retryAfter) => retryAfter?.Delta ?? (retryAfter?.Date - time.GetUtcNow());
}
