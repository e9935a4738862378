namespace BatchWorker.Simulator.Faults;

/// <summary>How one request of a batch ends.</summary>
internal enum ItemFault
{
    /// <summary>429.</summary>
    RateLimit,

    /// <summary>500.</summary>
    ServerError,

    /// <summary>503, or the provider's own word for it.</summary>
    Overloaded,

    /// <summary>400.</summary>
    InvalidRequest,

    /// <summary>An answer, paid, that the filter emptied; 400 where an answer has no finish reason.</summary>
    ContentFilter,

    /// <summary>The window closed before it ran.</summary>
    Expired,
}

/// <summary>The fate of requests; every given condition must hold.</summary>
internal sealed record ItemFate
{
    public string? Provider { get; init; }

    public string? CustomId { get; init; }

    /// <summary>A mark that the body carries.</summary>
    public string? Mark { get; init; }

    /// <summary>So many of a hundred requests, chosen by custom id and <see cref="Seed"/>.</summary>
    public double? Percent { get; init; }

    public int Seed { get; init; }

    /// <summary>Only the first so many times that a request runs; null for always.</summary>
    public int? Tries { get; init; }

    public ItemFault Code { get; init; } = ItemFault.ServerError;

    /// <summary>The HTTP status instead of the usual one.</summary>
    public int? Status { get; init; }

    public string? Message { get; init; }

    /// <summary>The batch's validation refuses the line, and so the batch.</summary>
    public bool Validation { get; init; }

    /// <summary>With <see cref="Validation"/>: the error does not say which line it is.</summary>
    public bool NoLine { get; init; }
}
