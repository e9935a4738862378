using BatchWorker.Lifecycle;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Anthropic;

/// <summary>Says what a result line means.</summary>
internal sealed class AnthropicResultReader(Redaction redaction)
{
    /// <summary>Errors of the request itself, or of the account: the same request would fail again (platform.claude.com, api/errors).</summary>
    private static readonly string[] s_permanent =
        ["invalid_request_error", "authentication_error", "permission_error", "not_found_error", "billing_error", "request_too_large"];

    /// <summary>Null for a blank line.</summary>
    public ResultLine? Read(Line raw)
    {
        var unmarked = raw.Unmarked;
        if (unmarked.IsBlank)
        {
            return null;
        }
        var line = AnthropicLine.Parse(unmarked);
        return line switch
        {
            { IsWhole: false } => Missing(line, "garbled_answer", "The line of the provider's results could not be read."),
            { Type: "succeeded", Message.Length: > 0 } => Succeeded(line),
            { Type: "errored" } => Errored(line),
            { Type: "canceled" } => Without(line, Outcome.Cancelled, "batch_cancelled", "The batch was cancelled before this request was answered.", retryable: false),
            { Type: "expired" } => Without(line, Outcome.Expired, "batch_expired", "The provider's window closed before this request was answered.", retryable: true),
            _ => Missing(line, "empty_answer", "The line of the provider's results has neither an answer nor an error."),
        };
    }

    private static ResultLine Succeeded(AnthropicLine line) => new()
    {
        CustomId = line.CustomId,
        Outcome = Outcome.Succeeded,
        Body = line.Message,
        Usage = line.Usage,
    };

    private static ResultLine Missing(AnthropicLine line, string code, string message) => Without(line, Outcome.Missing, code, message, retryable: true);

    private static ResultLine Without(AnthropicLine line, Outcome outcome, string code, string message, bool retryable) => new()
    {
        CustomId = line.CustomId,
        Outcome = outcome,
        Error = new JobError(code, message, retryable),
    };

    /// <summary>The error proper is at <c>result.error.error</c>; the documentation's samples also show it at <c>result.error</c>.</summary>
    private ResultLine Errored(AnthropicLine line)
    {
        var error = line.Error?.Object("error") ?? line.Error;
        var type = error?.Text("type") ?? "unknown_error";
        var message = error?.Text("message") ?? "The provider gave no reason.";
        return Without(line, Outcome.Failed, redaction.Clean(type), redaction.Clean(message), IsRetryable(type, message));
    }

    /// <summary>An overload may come under another type; its message gives it away (inspect_ai#2272). Types that are new are tried again.</summary>
    private static bool IsRetryable(string type, string message) =>
        message.StartsWith("Overloaded", StringComparison.OrdinalIgnoreCase) || !s_permanent.Contains(type);
}
