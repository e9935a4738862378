namespace BatchWorker.Monitoring;

/// <summary>A batch that has not ended.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AgeHours">Since its submission, or else since it was opened.</param>
internal sealed record OpenBatchAge(string Id, decimal AgeHours);

/// <summary>A model with answers that have no price.</summary>
internal sealed record UnpricedModel(string Model, long Answers);

/// <summary>Batches of a provider that ended in the last 24 hours and whose books differ from what it says of them.</summary>
/// <param name="Provider">Its name.</param>
/// <param name="Batches">How many.</param>
/// <param name="Newest">The id of the last one; null when it is not kept any more.</param>
internal sealed record ProviderDrift(string Provider, int Batches, string? Newest);

/// <summary>What the alert rules look at.</summary>
internal sealed record AlertFacts
{
    /// <summary>Batches that ended in the last 24 hours.</summary>
    public int Ended { get; init; }

    /// <summary>Of these, batches that failed.</summary>
    public int Failed { get; init; }

    /// <summary>Batches that have not ended.</summary>
    public IReadOnlyList<OpenBatchAge> Open { get; init; } = [];

    /// <summary>Jobs that wait.</summary>
    public long Waiting { get; init; }

    /// <summary>USD saved since the books began.</summary>
    public decimal Saved { get; init; }

    public IReadOnlyList<UnpricedModel> Unpriced { get; init; } = [];

    public IReadOnlyList<ProviderDrift> Drifts { get; init; } = [];
}
