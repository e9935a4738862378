namespace BatchWorker.Queue;

/// <summary>How the ledger is kept.</summary>
internal sealed record LedgerOptions
{
    /// <summary>Prefix of all keys; default <c>bw</c>.</summary>
    public string Namespace { get; init; } = "bw";

    /// <summary>Most jobs that may wait; default ten million.</summary>
    public long MaxQueued { get; init; } = 10_000_000;

    /// <summary>Most lanes; default 500.</summary>
    public int MaxLanes { get; init; } = 500;

    /// <summary>Days that an idempotency key is remembered at least; default 7.</summary>
    public int IdempotencyDays { get; init; } = 7;

    /// <summary>How long a replica owns its batches without renewing; default 60 s.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether the request of a succeeded job is dropped; default true.</summary>
    public bool DropRequestOnSuccess { get; init; } = true;

    /// <summary>Metadata keys by whose values costs are added up, three at most; default none.</summary>
    public IReadOnlyList<string> CostKeys { get; init; } = [];

    /// <summary>Caps on costs; default none. The metadata keys that they name are among <see cref="CostKeys"/>.</summary>
    public IReadOnlyList<Budget> Budgets { get; init; } = [];

    /// <summary>Who is told of the end of every batch; null for nobody.</summary>
    public string? BatchCallbackUrl { get; init; }

    /// <summary>Names this replica over restarts; whoever uses a data directory alone may keep its name in it.</summary>
    public required string Owner { get; init; }

    /// <summary>True: scripts take the process's clock instead of the store's. For simulated time.</summary>
    public bool UseProcessClock { get; init; }

    /// <summary>
    /// What stands before every script; default <c>#!lua</c>: Redis 7 then refuses a script as a whole when memory is full,
    /// before its first write. Empty for a store that does not know that line.
    /// </summary>
    public string ScriptHead { get; init; } = "#!lua\n";

    /// <summary>
    /// What stands before a script that only finishes what was begun; default <c>#!lua flags=allow-oom</c>: it runs when memory is full too
    /// (redis.io/docs/latest/develop/programmability/lua-api, script flags), so that what was paid for still finds its place.
    /// </summary>
    public string FinishingHead { get; init; } = "#!lua flags=allow-oom\n";

    /// <summary>
    /// Whether a write is only answered when a commit of the store's log has made it durable: for a store in this process, whose answer
    /// comes before that. A Redis writes its log before it answers.
    /// </summary>
    public bool CommitsWrites { get; init; }

    /// <summary>Whether the store may end inside a script: then its first writes are there after a restart, and are finished by whoever meets them.</summary>
    public bool CutsScripts => CommitsWrites;

    /// <summary>Whether the store is watched for data that it dropped: for a store of this process alone.</summary>
    public bool KeepsCanaries { get; init; }
}
