namespace BatchWorker.Providers;

/// <summary>What one provider batch may hold; kept before upload, since the provider would refuse it only afterwards.</summary>
/// <param name="MaxRequests">Requests in a batch.</param>
/// <param name="MaxBytes">Bytes of what is really sent.</param>
/// <param name="MaxInputs">Embedding inputs over all requests; <see cref="int.MaxValue"/> when not limited.</param>
internal sealed record BatchLimits(int MaxRequests, long MaxBytes, int MaxInputs);
