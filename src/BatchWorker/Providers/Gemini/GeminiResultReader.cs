using BatchWorker.Lifecycle;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Gemini;

/// <summary>
/// Says what a result line means. A response counts whatever stands beside or in it: it was paid for. One without candidates,
/// because the prompt was blocked, is an answer that the caller sees.
/// </summary>
internal sealed class GeminiResultReader(Redaction redaction)
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Null for a blank line.</summary>
    /// <param name="raw">The line.</param>
    /// <param name="isCancelled">Whether the batch was cancelled, and with it the requests that say so.</param>
    public ResultLine? Read(Line raw, bool isCancelled)
    {
        var bytes = raw.Bytes.Span.StartsWith(ByteOrderMark) ? raw.Bytes[ByteOrderMark.Length..] : raw.Bytes;
        if (bytes.Span.IndexOfAnyExcept(" \t\r"u8) < 0)
        {
            return null;
        }
        var line = GeminiLine.Parse(raw with { Bytes = bytes });
        return line switch
        {
            { IsWhole: false } => Missing(line, "garbled_answer", "The line of the provider's results could not be read."),
            { HasAnswer: true } => new ResultLine { CustomId = line.Key, Outcome = Outcome.Succeeded, Body = line.Body, Usage = line.Usage },
            { Error: { } error } => Failed(line, GeminiStatus.Of(error), isCancelled),
            _ => Missing(line, "empty_answer", "The line of the provider's results has neither an answer nor an error."),
        };
    }

    private static ResultLine Missing(GeminiLine line, string code, string message) => new()
    {
        CustomId = line.Key,
        Outcome = Outcome.Missing,
        Error = new JobError(code, message, Retryable: true),
    };

    private ResultLine Failed(GeminiLine line, GeminiStatus status, bool isCancelled)
    {
        var cancelled = isCancelled && status.Word == GeminiStatus.Cancelled;
        return new ResultLine
        {
            CustomId = line.Key,
            Outcome = cancelled ? Outcome.Cancelled : Outcome.Failed,
            Error = new JobError(
                redaction.Clean(status.Word),
                redaction.Clean(status.Message ?? "The provider gave no reason."),
                status.IsTransient && !cancelled),
            StatusCode = status.HttpStatus,
        };
    }
}
