using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>Error answers as OpenAI words them: <c>{"error":{"message","type","param","code"}}</c>.</summary>
internal static class OpenAiError
{
    public const string InvalidRequest = "invalid_request_error";

    public static object Body(string message, string type, string? param = null, string? code = null) =>
        new { error = new { message, type, param, code } };

    /// <summary>The body of an error that has no more than a status and a message.</summary>
    public static object Of(int status, string message) => status switch
    {
        StatusCodes.Status401Unauthorized => Body(message, InvalidRequest, code: "invalid_api_key"),
        StatusCodes.Status429TooManyRequests => Body(message, "requests", code: "rate_limit_exceeded"),
        >= StatusCodes.Status500InternalServerError => Body(message, "server_error"),
        _ => Body(message, InvalidRequest),
    };

    public static IResult UnknownUrl(string method, string path) =>
        new JsonAnswer(StatusCodes.Status404NotFound, Body($"Invalid URL ({method} {path})", InvalidRequest));

    public static IResult Invalid(string message, string? param = null, string? code = null) =>
        new JsonAnswer(StatusCodes.Status400BadRequest, Body(message, InvalidRequest, param, code));

    public static IResult NotFound(string what, string id) =>
        new JsonAnswer(StatusCodes.Status404NotFound, Body($"No such {what} object: {id}", InvalidRequest, "id"));

    public static IResult Conflict(string message) =>
        new JsonAnswer(StatusCodes.Status409Conflict, Body(message, InvalidRequest));

    public static IResult Unauthorized(string? key) => key is null
        ? new JsonAnswer(StatusCodes.Status401Unauthorized, Body("You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth.", InvalidRequest))
        : new JsonAnswer(StatusCodes.Status401Unauthorized, Body($"Incorrect API key provided: {Masked(key)}.", InvalidRequest, code: "invalid_api_key"));

    public static IResult TooManyRequests(string message) =>
        new JsonAnswer(StatusCodes.Status429TooManyRequests, Of(StatusCodes.Status429TooManyRequests, message));

    private static string Masked(string key) => key.Length <= 8 ? new string('*', key.Length) : $"{key[..4]}****{key[^4..]}";
}
