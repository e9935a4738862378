namespace BatchWorker.Providers;

/// <summary>What a batch may have left at its provider.</summary>
/// <param name="BatchId">The provider's batch; null when none was created.</param>
/// <param name="InputFileId">The uploaded input; null when there was none.</param>
internal sealed record ProviderFiles(string? BatchId, string? InputFileId);
