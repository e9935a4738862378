namespace BatchWorker.Simulator.Ledger;

/// <summary>A call to a provider.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Provider">Whose API.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path behind the provider's base URL, with the query.</param>
/// <param name="Status">What was answered; null when the connection was cut before an answer.</param>
/// <param name="Fault">The fault that struck; null for none.</param>
internal sealed record RequestEntry(DateTimeOffset At, string Provider, string Method, string Path, int? Status, string? Fault);

/// <summary>Every call; the newest in full.</summary>
internal sealed class RequestLog
{
    private const int Kept = 20_000;
    private readonly Lock _lock = new();
    private readonly Queue<RequestEntry> _entries = [];

    /// <summary>All calls, those no longer kept included.</summary>
    public long Count { get; private set; }

    public void Add(RequestEntry entry)
    {
        lock (_lock)
        {
            Count++;
            _entries.Enqueue(entry);
            if (_entries.Count > Kept)
            {
                _entries.Dequeue();
            }
        }
    }

    /// <summary>The newest 20,000, oldest first.</summary>
    public IReadOnlyList<RequestEntry> All()
    {
        lock (_lock)
        {
            return [.. _entries];
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            Count = 0;
            _entries.Clear();
        }
    }
}
