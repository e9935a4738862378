namespace BatchWorker.Lifecycle;

/// <summary>What a provider says of an ended batch as a whole; null where it says nothing.</summary>
internal sealed record ReportedCounts
{
    /// <summary>Requests inside.</summary>
    public long? Requests { get; init; }

    /// <summary>Requests with an answer that is billed.</summary>
    public long? Succeeded { get; init; }

    /// <summary>Prompt tokens billed, cached ones included.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Answer tokens billed, reasoning included.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>The part of the prompt tokens that was read from the provider's cache.</summary>
    public long? CachedTokens { get; init; }
}
