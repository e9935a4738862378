namespace BatchWorker.Simulator.Ledger;

/// <summary>Everything that the providers did and billed.</summary>
internal sealed class SimulatorLedger(string directory)
{
    private readonly List<BatchEntry> _batches = [];

    public RequestLog Requests { get; } = new();

    public ItemLedger Items { get; } = new();

    /// <summary>Every batch in the order of creation.</summary>
    public IReadOnlyList<BatchEntry> Batches => _batches;

    public BatchEntry Open(string provider, string batch, string endpoint, DateTimeOffset createdAt)
    {
        var entry = new BatchEntry(provider, batch, endpoint, createdAt);
        _batches.Add(entry);
        return entry;
    }

    /// <summary>Where the facts about each request of a batch are: one <see cref="ItemEntry"/> a line; there once the batch ended.</summary>
    public string ItemsPath(string batch) => Path.Combine(directory, $"items-{batch.Replace('/', '-')}.ndjson");

    public LedgerSummary Summary() => new()
    {
        Requests = Requests.Count,
        Batches = _batches.Count,
        BatchesByStatus = _batches.CountBy(batch => batch.Status).ToDictionary(),
        PaidItems = Items.Paid,
        PaidCustomIds = Items.PaidIds,
        PaidBodies = Items.PaidBodies,
        PaidMoreThanOnce = Items.PaidTwice,
        BodiesPaidMoreThanOnce = Items.BodiesPaidTwice,
        Overlap = Items.Overlap,
    };

    public void Clear()
    {
        foreach (var batch in _batches)
        {
            File.Delete(ItemsPath(batch.Id));
        }
        _batches.Clear();
        Requests.Clear();
        Items.Clear();
    }
}
