namespace BatchWorker.Providers.OpenAi;

/// <summary>Removes what an ended batch left: its input, its answers and its errors. The batch object itself cannot be deleted and holds no request.</summary>
internal sealed class OpenAiCleaner(OpenAiBatches batches, OpenAiFiles files)
{
    public async Task<ProviderFailure?> DeleteAsync(ProviderFiles left, CancellationToken cancellationToken)
    {
        var batch = left.BatchId is { } id ? await batches.GetAsync(id, cancellationToken) : default;
        if (batch.Failure is { Kind: not FailureKind.NotFound } unknown)
        {
            return unknown;
        }
        string?[] all = [left.InputFileId, batch.Value?.InputFileId, batch.Value?.OutputFileId, batch.Value?.ErrorFileId];
        foreach (var file in all.OfType<string>().Distinct())
        {
            if (await files.DeleteAsync(file, cancellationToken) is { } failure)
            {
                return failure;
            }
        }
        return null;
    }
}
