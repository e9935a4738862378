namespace BatchWorker.Simulator.Ledger;

/// <summary>A call on its way into the ledger: written before the caller can know how it ended, and once.</summary>
internal sealed class CallRecord(RequestLog log, TimeProvider clock, string provider, string method, string path)
{
    private int _written;

    /// <summary>The fault that struck; null for none.</summary>
    public string? Fault { get; init; }

    /// <param name="status">What is answered; null for no answer.</param>
    public void Write(int? status)
    {
        if (Interlocked.Exchange(ref _written, 1) == 0)
        {
            log.Add(new RequestEntry(clock.GetUtcNow(), provider, method, path, status, Fault));
        }
    }
}
