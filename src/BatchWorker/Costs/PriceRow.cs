using BatchWorker.Lifecycle;

namespace BatchWorker.Costs;

/// <summary>What a source says about a model: USD for a million tokens; null where it says nothing, which is not zero.</summary>
internal sealed record PriceRow
{
    public required Provider Provider { get; init; }

    public required string Model { get; init; }

    /// <summary>The row holds for requests with more input tokens than this, and then for all of their tokens; 0 for the lowest tier.</summary>
    public required uint AboveInputTokens { get; init; }

    public required decimal Input { get; init; }

    public decimal? Output { get; init; }

    /// <summary>Input that is read from the provider's cache.</summary>
    public decimal? CachedInput { get; init; }

    public decimal? BatchInput { get; init; }

    public decimal? BatchOutput { get; init; }

    public decimal? BatchCachedInput { get; init; }

    /// <summary>Input that is written into the provider's cache for five minutes.</summary>
    public decimal? CacheWrite { get; init; }

    /// <summary>First UTC day on which the row holds, until a later row of the model; null: since ever.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Who says so.</summary>
    public required string Source { get; init; }

    /// <summary>Year and month of the source's state.</summary>
    public required string AsOf { get; init; }
}
