namespace BatchWorker.Simulator.Faults;

/// <summary>What the fault layer knows of a provider's API.</summary>
/// <param name="Name">The provider in rules and logs.</param>
/// <param name="Prefix">Path of its base URL.</param>
/// <param name="Error">The body of an error of this call with this status and message, as the provider words it.</param>
internal sealed record ProviderApi(string Name, PathString Prefix, Func<HttpContext, int, string, object> Error);
