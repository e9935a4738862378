using System.Globalization;
using System.Text.Json;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Gemini;

/// <summary>
/// A status object (google.rpc.Status): of an operation or of one result line. Its code is one of google.rpc.Code or,
/// in practice, an HTTP status; both are read.
/// </summary>
/// <param name="Word">The name of the code, e.g. <c>RESOURCE_EXHAUSTED</c>.</param>
/// <param name="Message">Google's text; null when there is none.</param>
/// <param name="IsTransient">Another try may succeed.</param>
/// <param name="HttpStatus">The code when it was an HTTP status; otherwise 0.</param>
internal sealed record GeminiStatus(string Word, string? Message, bool IsTransient, int HttpStatus)
{
    public const string Cancelled = "CANCELLED";
    private const string Unknown = "UNKNOWN";
    private const int FirstHttpStatus = 100;

    /// <summary>By number (google/rpc/code.proto).</summary>
    private static readonly string[] s_words =
    [
        "OK", Cancelled, Unknown, "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ];

    /// <summary>A line that was cancelled in a batch that was not is the provider's doing.</summary>
    private static readonly string[] s_transient = [Cancelled, Unknown, "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "ABORTED", "INTERNAL", "UNAVAILABLE"];

    public static GeminiStatus Of(JsonElement status)
    {
        var code = status.Whole("code") is { } number and <= int.MaxValue ? (int)number : -1;
        var word = status.Text("status") ?? WordOf(code);
        var isHttp = code >= FirstHttpStatus;
        var transient = s_words.Contains(word) ? s_transient.Contains(word) : !isHttp || code is 408 or >= 500;
        return new GeminiStatus(word, status.Text("message"), transient, isHttp ? code : 0);
    }

    private static string WordOf(int code) => code switch
    {
        >= 0 when code < s_words.Length => s_words[code],
        400 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        409 => "ABORTED",
        429 => "RESOURCE_EXHAUSTED",
        499 => Cancelled,
        500 => "INTERNAL",
        501 => "UNIMPLEMENTED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        >= FirstHttpStatus => string.Create(CultureInfo.InvariantCulture, $"http_{code}"),
        _ => Unknown,
    };
}
