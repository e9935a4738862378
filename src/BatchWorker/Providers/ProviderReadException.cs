namespace BatchWorker.Providers;

/// <summary>A download ended early or could not be begun. What was read before is valid.</summary>
internal sealed class ProviderReadException(ProviderFailure failure)
    : Exception($"{failure.Kind}: {failure.Code}: {failure.Message}")
{
    public ProviderFailure Failure { get; } = failure;
}
