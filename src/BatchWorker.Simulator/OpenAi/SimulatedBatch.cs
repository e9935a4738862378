using BatchWorker.Simulator.Engine;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>Where a batch is; the words of the Batch API.</summary>
internal enum BatchStatus
{
    Validating,
    Failed,
    InProgress,
    Finalizing,
    Completed,
    Expired,
    Cancelling,
    Cancelled,
}

/// <summary>An entry of <c>errors.data</c>.</summary>
internal sealed record LineError(string Code, int? Line, string Message);

/// <summary>A batch and all that happens to it.</summary>
internal sealed class SimulatedBatch
{
    public required string Id { get; init; }

    public required long Number { get; init; }

    public required StoredFile Input { get; init; }

    public required string Endpoint { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public BatchStatus Status { get; set; } = BatchStatus.Validating;

    /// <summary>When the present status began.</summary>
    public DateTimeOffset Since { get; set; }

    public DateTimeOffset? InProgressAt { get; set; }

    public DateTimeOffset? FinalizingAt { get; set; }

    public DateTimeOffset? CancellingAt { get; set; }

    /// <summary>When it completed, failed, expired or was cancelled.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    public string? Model { get; set; }

    public int Total { get; set; }

    public int Completed { get; set; }

    public int Failed { get; set; }

    public long InputTokens { get; set; }

    public long OutputTokens { get; set; }

    public IReadOnlyList<LineError> Errors { get; set; } = [];

    public StoredFile? Output { get; set; }

    public StoredFile? ErrorFile { get; set; }

    public BatchFate? Fate { get; set; }

    public bool HasEnded => Status is BatchStatus.Failed or BatchStatus.Completed or BatchStatus.Expired or BatchStatus.Cancelled;

    public string StatusWord => Status switch
    {
        BatchStatus.InProgress => "in_progress",
        _ => Status.ToString().ToLowerInvariant(),
    };
}
