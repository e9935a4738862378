using BatchWorker.Simulator.Faults;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>Lines of the results: <c>{"custom_id","result":{"type",…}}</c>.</summary>
internal static class MessageResultLine
{
    public static object Succeeded(string customId, object message) => new { custom_id = customId, result = new { type = "succeeded", message } };

    /// <summary>The error is a whole error answer: its type is at <c>result.error.error.type</c>.</summary>
    public static object Errored(string customId, string type, string message) =>
        new { custom_id = customId, result = new { type = "errored", error = AnthropicError.Body(type, message, requestId: null) } };

    /// <summary><c>canceled</c> or <c>expired</c>.</summary>
    public static object Bare(string customId, string type) => new { custom_id = customId, result = new { type } };

    /// <summary>The error of a request with this fate; a status given in the fate decides its type.</summary>
    public static (string Type, string Message) ErrorOf(ItemFate fate)
    {
        var (status, message) = fate.Code switch
        {
            ItemFault.RateLimit => (StatusCodes.Status429TooManyRequests, "This request would exceed your account's rate limit. Please try again later."),
            ItemFault.ServerError => (StatusCodes.Status500InternalServerError, "Internal server error"),
            ItemFault.Overloaded => (AnthropicError.Overloaded, "Overloaded"),
            ItemFault.InvalidRequest => (StatusCodes.Status400BadRequest, "Invalid request"),
            _ => throw new ArgumentOutOfRangeException(nameof(fate)),
        };
        return (AnthropicError.TypeOf(fate.Status ?? status), fate.Message ?? message);
    }

    /// <summary>The error of every request of a batch that fails as a whole; the fate's code is the type, and the common word for 500 is Anthropic's.</summary>
    public static (string Type, string Message) ErrorOf(BatchFate fate) => (fate.Code == "server_error" ? AnthropicError.Api : fate.Code, fate.Message);
}
