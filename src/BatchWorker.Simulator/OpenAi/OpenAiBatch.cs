using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Http;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>A batch and where it stands. Touched inside the agenda's gate only.</summary>
internal sealed class OpenAiBatch(string id, BatchRequest request, BatchEntry entry, DateTimeOffset createdAt)
{
    // The one completion window that there is
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);
    private readonly Dictionary<BatchStatus, DateTimeOffset> _times = [];

    public string Id => id;

    public BatchRequest Request => request;

    public DateTimeOffset CreatedAt => createdAt;

    public DateTimeOffset ExpiresAt => createdAt + Window;

    /// <summary>Its line in the ledger.</summary>
    public BatchEntry Entry => entry;

    public required OpenAiPhases Phases { get; init; }

    public BatchFate? Fate { get; init; }

    public BatchStatus Status { get; private set; }

    public bool HasEnded => Status is BatchStatus.Failed or BatchStatus.Completed or BatchStatus.Expired or BatchStatus.Cancelled;

    public string? Model => entry.Model;

    /// <summary>The validated requests; there from validation to the end.</summary>
    public BatchInput? Input { get; set; }

    /// <summary>Requests that will have been done when it ends; null while the clock decides.</summary>
    public int? Done { get; set; }

    /// <summary>What it came to; null until it ended.</summary>
    public RunTotals? Totals { get; set; }

    /// <summary>Null until it ended, and when nothing was answered.</summary>
    public string? OutputFileId { get; set; }

    /// <summary>Null until it ended, and when nothing failed.</summary>
    public string? ErrorFileId { get; set; }

    public IReadOnlyList<BatchError> Errors { get; set; } = [];

    public DateTimeOffset? At(BatchStatus status) => _times.TryGetValue(status, out var at) ? at : null;

    public void Enter(BatchStatus status, DateTimeOffset at)
    {
        Status = status;
        _times[status] = at;
        entry.Status = WireJson.Word(status);
        if (HasEnded)
        {
            entry.EndedAt = at;
        }
    }

    /// <summary>Requests done by now.</summary>
    public int DoneBy(DateTimeOffset now)
    {
        if (Done is { } fixedCount)
        {
            return fixedCount;
        }
        return Input is not null && At(BatchStatus.InProgress) is { } began ? Share.DoneBy(now, began, Phases.InProgress, Input.Count) : 0;
    }
}
