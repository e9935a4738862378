namespace BatchWorker.Simulator.Ledger;

/// <summary>A batch as the bill sees it.</summary>
internal sealed class BatchEntry(string provider, string id, string endpoint, DateTimeOffset createdAt)
{
    public string Provider => provider;

    public string Id => id;

    public string Endpoint => endpoint;

    public string? Model { get; set; }

    /// <summary>The provider's word.</summary>
    public string Status { get; set; } = "";

    /// <summary>Requests inside; 0 until validated.</summary>
    public int Items { get; set; }

    /// <summary>Requests with a paid answer.</summary>
    public int Paid { get; set; }

    public DateTimeOffset CreatedAt => createdAt;

    /// <summary>When it began to run; null when it never did.</summary>
    public DateTimeOffset? BeganAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }
}
