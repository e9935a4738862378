using System.Globalization;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Gemini;

/// <summary>Error answers of Google's APIs: <c>{"error":{"code","message","status","details"}}</c>.</summary>
internal static class GeminiError
{
    // Of a live answer (langchain4j/langchain4j#3942)
    private const string QuotaExceeded = "You exceeded your current quota, please check your plan and billing details.";

    /// <summary>The body of an error that has no more than a status and a message.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="message">For people.</param>
    /// <param name="retryDelay">Seconds to wait that a 429 names in its <c>RetryInfo</c>; null for none.</param>
    public static object Of(int status, string message, double? retryDelay) =>
        Body(status, RpcCodes.OfHttp(status), message, status == StatusCodes.Status429TooManyRequests ? QuotaDetails(retryDelay) : null);

    public static IResult Answer(RpcCode code, string message, object[]? details = null) => new JsonAnswer(code.Http(), Body(code.Http(), code, message, details));

    public static IResult Invalid(string message) => Answer(RpcCode.InvalidArgument, message);

    public static IResult NotFound() => Answer(RpcCode.NotFound, "Requested entity was not found.");

    public static IResult QuotaExhausted(double? retryDelay) => Answer(RpcCode.ResourceExhausted, QuotaExceeded, QuotaDetails(retryDelay));

    /// <summary>Nobody learns whether a file that is not theirs exists.</summary>
    public static IResult NoFile(string id) => Answer(RpcCode.PermissionDenied, NoFileMessage(id));

    public static string NoFileMessage(string id) => $"You do not have permission to access the File {id} or it may not exist.";

    public static IResult Unauthorized(string? key) => key is null
        ? Answer(RpcCode.PermissionDenied, "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.")
        : Answer(RpcCode.InvalidArgument, "API key not valid. Please pass a valid API key.", [InvalidKey()]);

    private static object Body(int http, RpcCode code, string message, object[]? details) =>
        GeminiJson.Node(new { error = new { code = http, message, status = code.Name(), details } });

    private static object InvalidKey() => GeminiJson.Typed("google.rpc.ErrorInfo", new
    {
        reason = "API_KEY_INVALID",
        domain = "googleapis.com",
        metadata = new { service = "generativelanguage.googleapis.com" },
    });

    private static object[] QuotaDetails(double? retryDelay)
    {
        var help = GeminiJson.Typed("google.rpc.Help", new
        {
            links = new[] { new { description = "Learn more about Gemini API quotas", url = "https://ai.google.dev/gemini-api/docs/rate-limits" } },
        });
        return retryDelay is { } seconds
            ? [help, GeminiJson.Typed("google.rpc.RetryInfo", new { retryDelay = seconds.ToString(CultureInfo.InvariantCulture) + "s" })]
            : [help];
    }
}
