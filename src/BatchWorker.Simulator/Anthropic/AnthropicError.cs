using System.Globalization;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>An error answer as Anthropic words it: <c>{"type":"error","error":{"type","message","details"},"request_id"}</c>.</summary>
/// <param name="Status">The HTTP status; it decides the type.</param>
/// <param name="Message">For people.</param>
/// <param name="Code"><c>details.error_code</c>; null for no details.</param>
internal sealed record AnthropicError(int Status, string Message, string? Code = null) : IResult
{
    public const string InvalidRequest = "invalid_request_error";
    public const string Api = "api_error";
    public const int Overloaded = 529;

    // The error table of the API's documentation
    private static readonly Dictionary<int, string> Types = new()
    {
        [StatusCodes.Status400BadRequest] = InvalidRequest,
        [StatusCodes.Status401Unauthorized] = "authentication_error",
        [StatusCodes.Status402PaymentRequired] = "billing_error",
        [StatusCodes.Status403Forbidden] = "permission_error",
        [StatusCodes.Status404NotFound] = "not_found_error",
        [StatusCodes.Status409Conflict] = "conflict_error",
        [StatusCodes.Status413PayloadTooLarge] = "request_too_large",
        [StatusCodes.Status429TooManyRequests] = "rate_limit_error",
        [StatusCodes.Status500InternalServerError] = Api,
        [StatusCodes.Status504GatewayTimeout] = "timeout_error",
        [Overloaded] = "overloaded_error",
    };

    /// <summary>Seconds in <c>retry-after</c>; null for no such header.</summary>
    public int? RetryAfter { get; init; }

    public static AnthropicError Invalid(string message) => new(StatusCodes.Status400BadRequest, message);

    public static AnthropicError NotFound(string message) => new(StatusCodes.Status404NotFound, message);

    /// <summary>The type of an error with this status.</summary>
    public static string TypeOf(int status) => Types.GetValueOrDefault(status, status < StatusCodes.Status500InternalServerError ? InvalidRequest : Api);

    /// <summary>The status of an error of this type; 500 for one that is unknown.</summary>
    public static int StatusOf(string type) => Types.FirstOrDefault(pair => pair.Value == type).Key is > 0 and var status ? status : StatusCodes.Status500InternalServerError;

    /// <summary>The body of an error, in the answer to a call or within a result.</summary>
    public static object Body(string type, string message, string? requestId, string? code = null) => new
    {
        type = "error",
        error = new { type, message, details = code is null ? null : new { error_code = code } },
        request_id = requestId,
    };

    /// <summary>The body of an error that has no more than a status and a message.</summary>
    public static object Of(HttpContext http, int status, string message) => Body(TypeOf(status), message, RequestId.Of(http));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (RetryAfter is { } seconds)
        {
            httpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
        return new JsonAnswer(Status, Body(TypeOf(Status), Message, RequestId.Of(httpContext), Code)).ExecuteAsync(httpContext);
    }
}
