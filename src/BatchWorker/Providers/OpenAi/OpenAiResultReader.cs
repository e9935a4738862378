using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.OpenAi;

/// <summary>Says what a result line means. A 2xx answer counts whatever stands beside it: it was paid for.</summary>
internal sealed class OpenAiResultReader(Redaction redaction)
{
    /// <summary>Null for a blank line.</summary>
    public ResultLine? Read(Line raw)
    {
        var unmarked = raw.Unmarked;
        if (unmarked.IsBlank)
        {
            return null;
        }
        var line = OpenAiLine.Parse(unmarked);
        return line switch
        {
            { IsWhole: false } => Missing(line, "garbled_answer", "The line of the provider's results could not be read."),
            { Status: >= 200 and <= 299, HasAnswer: true } => Succeeded(line),
            { Error: { } error } => NotRun(line, error),
            { Status: >= 300 } => Refused(line),
            _ => Missing(line, "empty_answer", "The line of the provider's results has neither an answer nor an error."),
        };
    }

    private static ResultLine Succeeded(OpenAiLine line) => new()
    {
        CustomId = line.CustomId,
        Outcome = Outcome.Succeeded,
        Body = line.Body,
        Usage = line.Usage,
        StatusCode = line.Status,
    };

    private static ResultLine Missing(OpenAiLine line, string code, string message) => new()
    {
        CustomId = line.CustomId,
        Outcome = Outcome.Missing,
        Error = new JobError(code, message, Retryable: true),
        StatusCode = line.Status,
    };

    /// <summary>An error outside HTTP: the request did not get to the model. The word for cancelled requests is not documented, but seen.</summary>
    private ResultLine NotRun(OpenAiLine line, JsonElement error)
    {
        var code = error.Text("code") ?? error.Text("type") ?? "unknown_error";
        var outcome = code switch
        {
            "batch_expired" => Outcome.Expired,
            "batch_cancelled" => Outcome.Cancelled,
            _ => Outcome.Failed,
        };
        var retryable = line.Status is 0 ? !code.StartsWith("invalid", StringComparison.Ordinal) : IsRetryable(line.Status);
        return Failed(line, outcome, code, error.Text("message"), retryable && outcome is not Outcome.Cancelled);
    }

    private ResultLine Refused(OpenAiLine line)
    {
        var error = BodyOf(line)?.Object("error");
        return Failed(
            line,
            Outcome.Failed,
            error?.Text("code") ?? error?.Text("type") ?? $"http_{line.Status}",
            error?.Text("message"),
            IsRetryable(line.Status));
    }

    private ResultLine Failed(OpenAiLine line, Outcome outcome, string code, string? message, bool retryable) => new()
    {
        CustomId = line.CustomId,
        Outcome = outcome,
        Error = new JobError(redaction.Clean(code), redaction.Clean(message ?? "The provider gave no reason."), retryable),
        StatusCode = line.Status,
    };

    /// <summary>The statuses that OpenAI's own client tries again (openai-node, <c>shouldRetry</c>).</summary>
    private static bool IsRetryable(int status) => status is 408 or 409 or 429 or >= 500;

    private static JsonElement? BodyOf(OpenAiLine line)
    {
        if (!line.HasAnswer)
        {
            return null;
        }
        using var document = JsonDocument.Parse(line.Body, new JsonDocumentOptions { MaxDepth = OpenAiLine.Deepest });
        return document.RootElement.Clone();
    }
}
