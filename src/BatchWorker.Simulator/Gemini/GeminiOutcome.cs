using BatchWorker.Simulator.Faults;

namespace BatchWorker.Simulator.Gemini;

/// <summary>What became of one request: a response, or a status of google.rpc.</summary>
internal sealed record GeminiOutcome(object? Response, object? Error)
{
    /// <param name="fate">Why it failed.</param>
    /// <param name="isHttp">The code is an HTTP status instead of one of google.rpc.</param>
    public static GeminiOutcome Failed(ItemFate fate, bool isHttp)
    {
        var (code, message) = Usual(fate.Code);
        var shown = fate.Status is { } status ? RpcCodes.Of(status.ToString(System.Globalization.CultureInfo.InvariantCulture)) : code;
        return new GeminiOutcome(null, new { code = isHttp ? StatusOf(fate) : (int)shown, message = fate.Message ?? message });
    }

    /// <summary>The HTTP status of a request with this fate; one that is said in codes of google.rpc is translated.</summary>
    public static int StatusOf(ItemFate fate) => fate.Status switch
    {
        null => Usual(fate.Code).Code.Http(),
        < 100 and var code => ((RpcCode)code).Http(),
        var status => status.Value,
    };

    private static (RpcCode Code, string Message) Usual(ItemFault fault) => fault switch
    {
        ItemFault.RateLimit => (RpcCode.ResourceExhausted, "Resource has been exhausted (e.g. check quota)."),
        ItemFault.ServerError => (RpcCode.Internal, "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting"),
        ItemFault.Overloaded => (RpcCode.Unavailable, "The model is overloaded. Please try again later."),
        ItemFault.InvalidRequest => (RpcCode.InvalidArgument, "Request contains an invalid argument."),
        ItemFault.ContentFilter => (RpcCode.InvalidArgument, "The content was blocked."),
        ItemFault.Expired => (RpcCode.DeadlineExceeded, "Deadline expired before operation could complete."),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };
}
