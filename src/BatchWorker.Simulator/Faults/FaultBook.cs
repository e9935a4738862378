namespace BatchWorker.Simulator.Faults;

/// <summary>Everything that is meant to go wrong.</summary>
internal sealed class FaultBook
{
    /// <summary>What goes wrong with a call.</summary>
    public RuleBook<HttpFault> Http { get; } = new();

    /// <summary>What goes wrong with a whole batch.</summary>
    public RuleBook<BatchFate> Batches { get; } = new();

    /// <summary>What goes wrong with one request of a batch.</summary>
    public ItemFates Items { get; } = new();

    /// <summary>What goes wrong with lines of a result file.</summary>
    public RuleBook<LineMutation> Mutations { get; } = new();

    public void Clear()
    {
        Http.Clear();
        Batches.Clear();
        Items.Clear();
        Mutations.Clear();
    }
}
