namespace BatchWorker.Lifecycle;

/// <summary>Tokens that a provider reports for one request.</summary>
/// <param name="InputTokens">All prompt tokens, cached ones included.</param>
/// <param name="OutputTokens">Answer tokens, reasoning included.</param>
/// <param name="CachedTokens">The part of <paramref name="InputTokens"/> that was read from the provider's cache.</param>
internal readonly record struct Usage(uint InputTokens, uint OutputTokens, uint CachedTokens)
{
    public static Usage operator +(Usage left, Usage right) => left.Add(right);

    public Usage Add(Usage other) =>
        new(InputTokens + other.InputTokens, OutputTokens + other.OutputTokens, CachedTokens + other.CachedTokens);
}
