using BatchWorker.Lifecycle;

namespace BatchWorker.Costs;

/// <summary>
/// What single tokens cost, in whole pico-USD (10^-12 USD; a dollar for a million tokens is a million pico-USD for one).
/// Counts and rates are whole numbers, so every price is exact: nothing is ever rounded.
/// </summary>
internal sealed record TokenRates
{
    public required long Input { get; init; }

    /// <summary>Null when no source states it: then only requests without output have a price.</summary>
    public required long? Output { get; init; }

    /// <summary>Input read from the cache.</summary>
    public required long CachedInput { get; init; }

    /// <summary>Input written into the cache for five minutes.</summary>
    public required long CacheWrite { get; init; }

    /// <summary>Input written into the cache for an hour.</summary>
    public required long HourCacheWrite { get; init; }

    /// <summary>Pico-USD of one request; null when a rate that it needs is unknown, or when it is beyond 9 million USD and so cannot be true.</summary>
    public long? PriceOf(Usage usage)
    {
        if (Output is null && usage.OutputTokens > 0)
        {
            return null;
        }
        var cached = Math.Min(usage.CachedTokens, usage.InputTokens);
        var written = Math.Min(usage.CacheWriteTokens, usage.InputTokens - cached);
        var forAnHour = Math.Min(usage.HourCacheWriteTokens, written);
        var price = ((Int128)(usage.InputTokens - cached - written) * Input)
            + ((Int128)cached * CachedInput)
            + ((Int128)(written - forAnHour) * CacheWrite)
            + ((Int128)forAnHour * HourCacheWrite)
            + ((Int128)usage.OutputTokens * (Output ?? 0));
        return price <= long.MaxValue ? (long)price : null;
    }
}
