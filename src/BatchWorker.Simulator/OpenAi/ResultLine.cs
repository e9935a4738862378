using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Faults;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>Lines of output and error files: <c>{"id","custom_id","response","error"}</c>.</summary>
internal static class ResultLine
{
    public static object Answered(string customId, Fingerprint line, object body) => Responded(customId, line, StatusCodes.Status200OK, body);

    public static object Failed(string customId, Fingerprint line, ItemFate fate)
    {
        var (message, type, code) = fate.Code switch
        {
            ItemFault.RateLimit => ("Rate limit reached. Please try again later.", "tokens", "rate_limit_exceeded"),
            ItemFault.ServerError => ("The server had an error while processing your request. Sorry about that!", "server_error", null),
            ItemFault.Overloaded => ("The engine is currently overloaded, please try again later.", "server_error", null),
            ItemFault.InvalidRequest => ("Invalid request.", OpenAiError.InvalidRequest, "invalid_value"),
            ItemFault.ContentFilter => ("Your request was rejected as a result of our safety system.", OpenAiError.InvalidRequest, "content_policy_violation"),
            _ => throw new ArgumentOutOfRangeException(nameof(fate)),
        };
        return Responded(customId, line, StatusOf(fate), OpenAiError.Body(fate.Message ?? message, type, code: code));
    }

    /// <summary>The request gets no answer; a filtered answer is one, where it can say so.</summary>
    public static bool IsFailure(ItemFate fate, string endpoint) => fate.Code != ItemFault.ContentFilter || !ResponseBodies.HasFinishReason(endpoint);

    /// <summary>The HTTP status of a request with this fate.</summary>
    public static int StatusOf(ItemFate fate) => fate.Status ?? fate.Code switch
    {
        ItemFault.RateLimit => StatusCodes.Status429TooManyRequests,
        ItemFault.ServerError => StatusCodes.Status500InternalServerError,
        ItemFault.Overloaded => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };

    public static object Expired(string customId, Fingerprint line) => new
    {
        id = $"batch_req_{line}",
        custom_id = customId,
        response = (object?)null,
        error = new { code = "batch_expired", message = "This request could not be executed before the completion window expired." },
    };

    private static object Responded(string customId, Fingerprint line, int status, object body) => new
    {
        id = $"batch_req_{line}",
        custom_id = customId,
        response = new { status_code = status, request_id = $"req_{line}", body },
        error = (object?)null,
    };
}
