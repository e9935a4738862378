namespace BatchWorker.Simulator.Faults;

/// <summary>How a batch ends.</summary>
internal enum BatchEnd
{
    Completed,

    /// <summary>Its validation refuses it: nothing runs.</summary>
    Failed,

    /// <summary>Its window closes early.</summary>
    Expired,

    /// <summary>Somebody cancels it in the provider's console.</summary>
    Cancelled,
}

/// <summary>The fate of a whole batch, drawn when it is created.</summary>
internal sealed record BatchFate : Occasion
{
    public BatchEnd End { get; init; }

    /// <summary>Share of the requests that are done when it ends; the rest of a completed batch is in no file.</summary>
    public double Fraction { get; init; } = 1;

    /// <summary>For <c>failed</c>.</summary>
    public string Code { get; init; } = "server_error";

    /// <summary>For <c>failed</c>.</summary>
    public string Message { get; init; } = "The batch could not be processed.";

    /// <summary>For <c>failed</c>: the 1-based line it blames; null for none.</summary>
    public int? Line { get; init; }

    /// <summary>Seconds of each phase that differs from the configured one.</summary>
    public Dictionary<string, double> Phases { get; init; } = [];

    /// <summary>What the batch object states beside the truth once it ended; null for a true one.</summary>
    public Misreport? Misreport { get; init; }
}

/// <summary>What is added to the numbers of an ended batch object; no answer and no bill changes.</summary>
internal sealed record Misreport
{
    public static Misreport None { get; } = new();

    /// <summary>Requests that were answered, and requests in all.</summary>
    public int Succeeded { get; init; }

    /// <summary>Where the provider reports tokens of a batch: OpenAI.</summary>
    public long InputTokens { get; init; }

    /// <inheritdoc cref="InputTokens"/>
    public long CachedTokens { get; init; }

    /// <inheritdoc cref="InputTokens"/>
    public long OutputTokens { get; init; }

    /// <summary>OpenAI: the batch has no <c>usage</c>, like those from before 2025-09-07.</summary>
    public bool WithoutUsage { get; init; }
}
