namespace BatchWorker.Providers.OpenAi;

/// <summary>Our entries in a batch's metadata, which OpenAI keeps and lists.</summary>
internal static class OpenAiTag
{
    public const string Batch = "bw_batch";

    public const string Attempt = "bw_attempt";

    public const string Sha256 = "bw_sha256";
}
