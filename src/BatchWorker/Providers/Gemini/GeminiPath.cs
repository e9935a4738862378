using BatchWorker.Lifecycle;

namespace BatchWorker.Providers.Gemini;

/// <summary>
/// Addresses below the base URL, and the resource names in them
/// (generativelanguage v1beta; <c>batches/…</c>, <c>files/…</c>, <c>models/…</c>).
/// </summary>
internal static class GeminiPath
{
    public const string Batches = "v1beta/batches";
    public const string Files = "v1beta/files";
    public const string Upload = "upload/v1beta/files";

    /// <summary>The lane's endpoint for embeddings; every other lane generates content.</summary>
    public const string EmbedContent = "embedContent";

    private const string BatchPrefix = "batches/";
    private const string FilePrefix = "files/";
    private const string ModelPrefix = "models/";
    private const string TunedPrefix = "tunedModels/";

    /// <summary>The name if it is a batch's; null for a name of any other kind.</summary>
    public static string? BatchName(string? name) => Named(name, BatchPrefix);

    /// <summary>The name if it is a file's; null for a name of any other kind.</summary>
    public static string? FileName(string? name) => Named(name, FilePrefix);

    /// <summary>An operator may leave the prefix out.</summary>
    public static string Batch(string name) => "v1beta/" + Resource(BatchPrefix, name);

    public static string File(string name) => "v1beta/" + Resource(FilePrefix, name);

    /// <summary>A result file, as the guide has it (ai.google.dev/gemini-api/docs/batch-api).</summary>
    public static string Download(string name) => "download/" + DownloadWithoutPrefix(name);

    /// <summary>The same as Google's client has it (@google/genai, files.download).</summary>
    public static string DownloadWithoutPrefix(string name) => File(name) + ":download?alt=media";

    /// <summary>Where a batch of this lane is created. The model may be given with its prefix or without.</summary>
    public static string Create(Lane lane)
    {
        var verb = lane.Endpoint == EmbedContent ? "asyncBatchEmbedContent" : "batchGenerateContent";
        var collection = lane.Model.StartsWith(TunedPrefix, StringComparison.Ordinal) ? TunedPrefix : ModelPrefix;
        return $"v1beta/{Resource(collection, lane.Model)}:{verb}";
    }

    private static string Resource(string prefix, string name) =>
        prefix + Uri.EscapeDataString(name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name);

    private static string? Named(string? name, string prefix) =>
        name?.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal) ? name : null;
}
