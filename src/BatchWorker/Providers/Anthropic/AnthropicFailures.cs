using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Anthropic;

/// <summary>
/// What Anthropic's errors mean beyond their status. Money that is spent is no fault of a job: nothing is sent for a while, as with any other 429.
/// Unlike a rate limit it comes without <c>retry-after</c>, or as 402, or as 400 in words.
/// </summary>
internal sealed class AnthropicFailures(Redaction redaction) : ProviderFailures(redaction)
{
    /// <summary>How long nothing is sent to an account whose money is spent, unless the provider says so itself.</summary>
    public static readonly TimeSpan SpentHold = TimeSpan.FromMinutes(10);

    private readonly Redaction _redaction = redaction;

    /// <summary><c>error.type</c> and <c>error.details.error_code</c> (@anthropic-ai/sdk 1.12.0).</summary>
    private static readonly string[] s_spent = ["billing_error", "enforced_spend_limit_reached", "contract_spend_limit_reached"];

    /// <summary>Of 400s without such a code: an empty balance, or a limit that the customer set. Long-standing texts, not in the specification.</summary>
    private static readonly string[] s_spentWords = ["credit balance is too low", "spend limit", "usage limits"];

    public override ProviderFailure Of(HttpAnswer answer)
    {
        var failure = base.Of(answer);
        if (answer.ReadObject()?.Object("error")?.Object("details")?.Text("error_code") is { } finer)
        {
            failure = failure with { Code = _redaction.Clean(finer) };
        }
        return IsSpent(answer.Status, failure)
            ? failure with { Kind = FailureKind.Throttled, RetryAfter = answer.RetryAfter ?? SpentHold }
            : failure;
    }

    private static bool IsSpent(int status, ProviderFailure failure) =>
        status == 402
        || (status is >= 400 and <= 499 && s_spent.Contains(failure.Code))
        || (status == 400 && s_spentWords.Any(words => failure.Message.Contains(words, StringComparison.OrdinalIgnoreCase)));
}
