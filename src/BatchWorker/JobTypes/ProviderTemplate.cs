namespace BatchWorker.JobTypes;

/// <summary>How the short form of a job type becomes a request for one provider.</summary>
/// <param name="Key">Where it is configured, for messages.</param>
/// <param name="Model">The model of the request.</param>
/// <param name="Endpoint">The provider's endpoint; null when the request tells it.</param>
/// <param name="Template">Makes the request.</param>
internal sealed record ProviderTemplate(string Key, string Model, string? Endpoint, Template Template);
