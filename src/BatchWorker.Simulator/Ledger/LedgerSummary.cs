namespace BatchWorker.Simulator.Ledger;

/// <summary>The bill on one page.</summary>
internal sealed record LedgerSummary
{
    public required long Requests { get; init; }

    public required int Batches { get; init; }

    public required IReadOnlyDictionary<string, int> BatchesByStatus { get; init; }

    /// <summary>Answers paid.</summary>
    public required long PaidItems { get; init; }

    /// <summary>Different custom ids among them.</summary>
    public required int PaidCustomIds { get; init; }

    /// <summary>Different bodies among them.</summary>
    public required int PaidBodies { get; init; }

    /// <summary>Custom ids that were paid again.</summary>
    public required Sightings PaidMoreThanOnce { get; init; }

    /// <summary>Bodies that were paid again; two jobs may ask the same.</summary>
    public required Sightings BodiesPaidMoreThanOnce { get; init; }

    /// <summary>Custom ids that were in two batches at the same time, the time from creation to end of batches that ran.</summary>
    public required Sightings Overlap { get; init; }
}
