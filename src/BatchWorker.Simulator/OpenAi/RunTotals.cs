namespace BatchWorker.Simulator.OpenAi;

/// <summary>What a batch came to.</summary>
internal sealed record RunTotals
{
    /// <summary>Requests answered with 200.</summary>
    public int Completed { get; set; }

    /// <summary>Requests answered with anything else.</summary>
    public int Failed { get; set; }

    public long InputTokens { get; set; }

    public long CachedTokens { get; set; }

    public long OutputTokens { get; set; }

    public string? OutputFileId { get; set; }

    public string? ErrorFileId { get; set; }
}
