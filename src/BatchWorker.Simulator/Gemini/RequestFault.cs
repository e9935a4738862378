namespace BatchWorker.Simulator.Gemini;

/// <summary>What is wrong with a request when it runs; it fails that request alone.</summary>
internal static class RequestFault
{
    /// <param name="prompt">The request.</param>
    /// <param name="isEmbedding">It is to be embedded.</param>
    /// <param name="account">Whose files it may use.</param>
    /// <param name="at">When it runs.</param>
    /// <returns>Null for nothing.</returns>
    public static string? In(GeminiPrompt prompt, bool isEmbedding, GeminiAccount account, DateTimeOffset at)
    {
        if (isEmbedding)
        {
            return prompt.HasContent ? null : "* EmbedContentRequest.content: content is required.";
        }
        return prompt.HasContents
            ? prompt.Media.Select(media => In(media, account, at)).FirstOrDefault(fault => fault is not null)
            : "* GenerateContentRequest.contents: contents is not specified.";
    }

    // An uploaded file must outlive its use: it is gone 48 hours after the upload, however late the request runs
    private static string? In(GeminiMedia media, GeminiAccount account, DateTimeOffset at)
    {
        if (media.Uri is null || media.IsYouTube)
        {
            return null;
        }
        if (media.FileId is not { } id)
        {
            return $"Cannot fetch content from the provided URL: {media.Uri}";
        }
        return account.Files.FindAt(GeminiFile.Prefix + id, at) switch
        {
            null => GeminiError.NoFileMessage(id),
            var file when !file.IsActive(at, account.Settings.VideoProcessing) => $"The File {id} is not in an ACTIVE state and usage is not allowed.",
            _ => null,
        };
    }
}
