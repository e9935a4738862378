namespace BatchWorker.Providers.Gemini;

/// <summary>
/// Removes what an ended batch left: its input, which ends by itself after 48 hours, and its answers, which Google keeps for six weeks
/// (ai.google.dev/gemini-api/docs/batch-api). The batch stays in the list as the trace of what was spent.
/// </summary>
internal sealed class GeminiCleaner(GeminiBatches batches, GeminiFiles files)
{
    public async Task<ProviderFailure?> DeleteAsync(ProviderFiles left, CancellationToken cancellationToken)
    {
        var batch = left.BatchId is { } id ? await batches.GetAsync(id, cancellationToken) : default;
        if (batch.Failure is { Kind: not FailureKind.NotFound } unknown)
        {
            return unknown;
        }
        foreach (var file in new[] { left.InputFileId, batch.Value?.OutputFileId }.OfType<string>())
        {
            if (await files.DeleteAsync(file, cancellationToken) is { } failure)
            {
                return failure;
            }
        }
        return null;
    }
}
