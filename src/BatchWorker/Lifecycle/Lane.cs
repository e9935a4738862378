namespace BatchWorker.Lifecycle;

/// <summary>What a provider batch must have in common; a batch holds jobs of exactly one lane.</summary>
/// <param name="Provider">Whose batch API.</param>
/// <param name="Endpoint">The provider's endpoint, e.g. <c>/v1/chat/completions</c>.</param>
/// <param name="Model">The model as the caller named it.</param>
/// <param name="JobType">The configured job type.</param>
internal sealed record Lane(Provider Provider, string Endpoint, string Model, string JobType)
{
    public override string ToString() => $"{Provider.Wire()} {Endpoint} {Model} {JobType}";
}
