namespace BatchWorker.Control;

/// <summary>A drain.</summary>
internal sealed record RunAnswer(
    string RunId,
    string Trigger,
    RunFilterAnswer Filter,
    string Status,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    int Jobs,
    IReadOnlyList<RunBatchAnswer> Batches,
    IReadOnlyList<HeldAnswer> Held,
    string? Error);

/// <summary>What a drain takes; null takes everything.</summary>
internal sealed record RunFilterAnswer(string? JobType, string? Provider, int? MaxJobs);

/// <summary>A batch that a drain filled.</summary>
internal sealed record RunBatchAnswer(string BatchId, string Provider, string JobType, string Model, int JobCount, string Status);

/// <summary>Jobs that a drain found and left.</summary>
internal sealed record HeldAnswer(string Lane, int Jobs, string Reason);

/// <summary>A drain was begun.</summary>
internal sealed record RunBegunAnswer(string RunId, string Status);
