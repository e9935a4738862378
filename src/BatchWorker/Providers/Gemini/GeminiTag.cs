using System.Globalization;

namespace BatchWorker.Providers.Gemini;

/// <summary>Our name for a batch, which Gemini keeps and lists: <c>bw:BATCH:ATTEMPT</c>.</summary>
internal static class GeminiTag
{
    private const string Prefix = "bw";

    public static string Write(SubmissionTag tag) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}:{tag.BatchId}:{tag.Attempt}");

    /// <summary>Null for a name that somebody else gave.</summary>
    public static SubmissionTag? Read(string? displayName) =>
        displayName?.Split(':') is [Prefix, { Length: > 0 } batch, var number]
        && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            ? new SubmissionTag(batch, attempt)
            : null;
}
