namespace BatchWorker.Simulator.Faults;

/// <summary>When a rule applies, among the occasions that fit it. All given conditions must hold.</summary>
internal abstract record Occasion
{
    /// <summary>The provider, e.g. <c>openai</c>; null for any.</summary>
    public string? Provider { get; init; }

    /// <summary>Only the n-th fitting occasion, from 1.</summary>
    public int? Nth { get; init; }

    /// <summary>So many fitting occasions pass unharmed first.</summary>
    public int After { get; init; }

    /// <summary>At most so many times; null for no end.</summary>
    public int? Count { get; init; }

    /// <summary>0 to 1, drawn from <see cref="Seed"/>; null for always.</summary>
    public double? Probability { get; init; }

    public int Seed { get; init; }
}
