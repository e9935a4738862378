namespace BatchWorker.Providers;

/// <summary>What some words of the providers mean for a batch. The codes are OpenAI's and, in capitals, Google's; open sets.</summary>
internal static class FailureCodes
{
    private static readonly string[] s_noRoom = ["token_limit_exceeded", "request_limit_exceeded", "rate_limit_exceeded", "RESOURCE_EXHAUSTED"];
    private static readonly string[] s_quota = ["billing_hard_limit_reached", "insufficient_quota"];
    private static readonly string[] s_brokeDown = ["INTERNAL", "UNAVAILABLE", "UNKNOWN", "ABORTED", "DEADLINE_EXCEEDED"];
    private static readonly string[] s_wholeBatch =
        ["model_not_found", "invalid_model", "invalid_endpoint", "unsupported_model", "NOT_FOUND", "FAILED_PRECONDITION", "UNIMPLEMENTED", "PERMISSION_DENIED"];

    /// <summary>There will be room later.</summary>
    public static bool SaysNoRoom(string code) => s_noRoom.Contains(code);

    /// <summary>Money is spent; that does not pass within seconds.</summary>
    public static bool SaysQuotaSpent(string code) => s_quota.Contains(code);

    /// <summary>The provider's own fault.</summary>
    public static bool SaysBrokeDown(string code) => s_brokeDown.Contains(code);

    /// <summary>No request of the batch is the reason: any part of it would be refused too.</summary>
    public static bool ConcernsWholeBatch(string code) => s_wholeBatch.Contains(code);

    /// <summary>A refusal of the input, for which one of its requests may be the reason.</summary>
    public static ProviderFailure BlameInput(ProviderFailure refusal) =>
        refusal.Kind == FailureKind.Refused && !ConcernsWholeBatch(refusal.Code) && !SaysQuotaSpent(refusal.Code) ? refusal with { Kind = FailureKind.Invalid } : refusal;
}
