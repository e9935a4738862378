namespace BatchWorker.Simulator.Anthropic;

/// <summary>How the simulated Anthropic behaves. Limits are those of the documentation and may be lowered to meet them sooner.</summary>
internal sealed record AnthropicSettings
{
    /// <summary>Accepted API keys; all belong to one workspace.</summary>
    public IReadOnlyList<string> Keys { get; init; } = ["sk-ant-simulator"];

    public AnthropicPhases Phases { get; init; } = new();

    /// <summary>Seconds until a new batch appears in lists.</summary>
    public double ListDelay { get; init; }

    /// <summary>Seconds for which a new batch is not found by its id (anthropics/anthropic-sdk-python#1432).</summary>
    public double NotFoundAfterCreate { get; init; }

    /// <summary>Seconds for which the results of an ended batch are not found (the same issue).</summary>
    public double NotFoundAfterEnd { get; init; }

    /// <summary>Share of requests that are done when a canceled batch ends; null for what the clock says.</summary>
    public double? CancelFraction { get; init; }

    /// <summary>Share of a prompt's tokens that were read from the cache.</summary>
    public double CachedFraction { get; init; }

    /// <summary>Share of a prompt's tokens that were written into the cache for five minutes, out of what was not read.</summary>
    public double CacheWriteFraction { get; init; }

    /// <summary>Share of a prompt's tokens that were written into the cache for an hour, out of what is left.</summary>
    public double CacheWriteHourFraction { get; init; }

    /// <summary>The content type of results; null for none, as before August 2026 (anthropics/anthropic-sdk-php#30).</summary>
    public string? ResultsContentType { get; init; } = "application/x-jsonl";

    /// <summary>What <c>results_url</c> begins with; null for the address by which the simulator was called.</summary>
    public string? ResultsBaseUrl { get; init; }

    /// <summary>Bytes of a create call's body; more is answered 413. "256 MB", read strictly.</summary>
    public long MaxBodyBytes { get; init; } = 256_000_000;

    /// <summary>Requests of one batch.</summary>
    public int MaxRequests { get; init; } = 100_000;

    /// <summary>Requests of all batches that have not ended; a create call beyond is answered 429. The documentation's highest tier.</summary>
    public int MaxQueuedRequests { get; init; } = 500_000;

    /// <summary>Seconds in <c>retry-after</c> when the queue is full; null for no such header.</summary>
    public int? QueueRetryAfter { get; init; } = 60;

    /// <summary>Calls within a minute; one more is answered 429 with <c>retry-after</c>. Null for no limit; the documentation's tiers have 1,000 to 4,000.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>The spend limit is reached: create calls are answered 429 without <c>retry-after</c>.</summary>
    public bool SpendLimitReached { get; init; }
}

/// <summary>Seconds that a batch spends in each status.</summary>
internal sealed record AnthropicPhases
{
    public double InProgress { get; init; } = 1;

    public double Canceling { get; init; } = 1;

    /// <summary>Every phase of the same length.</summary>
    public static AnthropicPhases All(double seconds) => new() { InProgress = seconds, Canceling = seconds };

    public AnthropicPhases With(IReadOnlyDictionary<string, double> others) => new()
    {
        InProgress = others.GetValueOrDefault("in_progress", InProgress),
        Canceling = others.GetValueOrDefault("canceling", Canceling),
    };
}
