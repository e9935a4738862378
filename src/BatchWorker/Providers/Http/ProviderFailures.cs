using Polly.CircuitBreaker;
using Polly.Timeout;

namespace BatchWorker.Providers.Http;

/// <summary>Turns what went wrong into a value that carries neither key nor request; a provider with errors of its own kind adds to it.</summary>
internal class ProviderFailures(Redaction redaction)
{
    /// <summary>An answer that ought to have been another one.</summary>
    public ProviderFailure Unreadable(string what) => new(FailureKind.Unavailable, "unreadable_answer", redaction.Clean(what));

    /// <summary>A complete answer that is not a success.</summary>
    public virtual ProviderFailure Of(HttpAnswer answer)
    {
        var error = answer.ReadObject()?.Object("error");
        var code = error?.Text("code") ?? error?.Text("type") ?? error?.Text("status") ?? $"http_{answer.Status}";
        var message = error?.Text("message") ?? $"The provider answered with status {answer.Status}.";
        return new ProviderFailure(KindOf(answer.Status), redaction.Clean(code), redaction.Clean(message), answer.RetryAfter);
    }

    /// <summary>A call that got no complete answer. Texts of exceptions are not passed on: they may hold addresses.</summary>
    public static ProviderFailure Of(Exception fault) =>
        new(FailureKind.Unavailable, CodeOf(fault), $"The provider gave no complete answer: {CodeOf(fault)}.");

    /// <summary>Whether an exception is the network's or the provider's doing rather than a mistake of ours.</summary>
    public static bool IsExpected(Exception fault) =>
        fault is HttpRequestException or IOException or OperationCanceledException or TimeoutRejectedException or BrokenCircuitException;

    /// <summary>A word for it, e.g. <c>connection_error</c>, <c>response_ended</c>, <c>timeout</c>.</summary>
    public static string CodeOf(Exception fault) => fault switch
    {
        OperationCanceledException or TimeoutRejectedException => "timeout",
        BrokenCircuitException => "circuit_open",
        HttpRequestException { HttpRequestError: HttpRequestError.Unknown, InnerException: HttpIOException inner } => Word(inner.HttpRequestError),
        HttpRequestException request => Word(request.HttpRequestError),
        HttpIOException io => Word(io.HttpRequestError),
        _ => "connection_lost",
    };

    private static string Word(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => "name_resolution_error",
        HttpRequestError.ConnectionError => "connection_error",
        HttpRequestError.SecureConnectionError => "secure_connection_error",
        HttpRequestError.ProxyTunnelError => "proxy_tunnel_error",
        HttpRequestError.InvalidResponse => "invalid_response",
        HttpRequestError.ResponseEnded => "response_ended",
        HttpRequestError.ConfigurationLimitExceeded => "answer_too_long",
        _ => "connection_lost",
    };

    private static FailureKind KindOf(int status) => status switch
    {
        401 or 403 => FailureKind.Unauthorized,
        404 or 410 => FailureKind.NotFound,
        408 => FailureKind.Unavailable,
        413 => FailureKind.TooLarge,
        429 => FailureKind.Throttled,
        >= 400 and <= 499 => FailureKind.Refused,
        _ => FailureKind.Unavailable,
    };
}
