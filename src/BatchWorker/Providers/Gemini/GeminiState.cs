namespace BatchWorker.Providers.Gemini;

/// <summary>The words for a batch's state: the API says <c>BATCH_STATE_…</c>, Google's guide and clients compare with <c>JOB_STATE_…</c>.</summary>
internal static class GeminiState
{
    private static readonly string[] s_prefixes = ["BATCH_STATE_", "JOB_STATE_"];

    /// <summary>Null for a state that is missing or not known.</summary>
    public static ProviderPhase? PhaseOf(string? state) => Word(state) switch
    {
        "PENDING" => ProviderPhase.Validating,
        "RUNNING" => ProviderPhase.Running,
        "SUCCEEDED" => ProviderPhase.Completed,
        "FAILED" => ProviderPhase.Failed,
        "CANCELLED" => ProviderPhase.Cancelled,
        "EXPIRED" => ProviderPhase.Expired,
        _ => null,
    };

    private static string? Word(string? state) =>
        s_prefixes.FirstOrDefault(prefix => state?.StartsWith(prefix, StringComparison.Ordinal) is true) is { } prefix ? state![prefix.Length..] : null;
}
