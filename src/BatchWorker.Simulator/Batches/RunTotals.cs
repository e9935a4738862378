namespace BatchWorker.Simulator.Batches;

/// <summary>What a batch came to. The four counts are all of its requests.</summary>
internal sealed record RunTotals
{
    /// <summary>Requests answered with 200; they are paid.</summary>
    public int Succeeded { get; set; }

    /// <summary>Requests answered with anything else.</summary>
    public int Failed { get; set; }

    /// <summary>Requests for which the window closed first.</summary>
    public int Expired { get; set; }

    /// <summary>Requests that nobody came to.</summary>
    public int NotRun { get; set; }

    public long InputTokens { get; set; }

    public long CachedTokens { get; set; }

    public long OutputTokens { get; set; }
}
