namespace BatchWorker.Lifecycle;

/// <summary>Tokens that a provider reports for one request.</summary>
/// <param name="InputTokens">All prompt tokens: those read from a cache and those written into one included.</param>
/// <param name="OutputTokens">Answer tokens, reasoning included.</param>
/// <param name="CachedTokens">The part of <paramref name="InputTokens"/> that was read from the provider's cache.</param>
/// <param name="CacheWriteTokens">The part of <paramref name="InputTokens"/> that was written into the provider's cache, for however long; 0 where writing costs nothing extra.</param>
/// <param name="HourCacheWriteTokens">The part of <paramref name="CacheWriteTokens"/> that is kept for an hour instead of five minutes, which costs more (Anthropic).</param>
internal readonly record struct Usage(
    uint InputTokens, uint OutputTokens, uint CachedTokens, uint CacheWriteTokens = 0, uint HourCacheWriteTokens = 0)
{
    public static Usage operator +(Usage left, Usage right) => left.Add(right);

    public Usage Add(Usage other) => new(
        InputTokens + other.InputTokens,
        OutputTokens + other.OutputTokens,
        CachedTokens + other.CachedTokens,
        CacheWriteTokens + other.CacheWriteTokens,
        HourCacheWriteTokens + other.HourCacheWriteTokens);
}
