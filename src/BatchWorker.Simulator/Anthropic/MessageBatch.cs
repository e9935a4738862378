using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Http;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>A batch's <c>processing_status</c>; the wire word is the name in snake_case. There is no failed and no expired one.</summary>
internal enum ProcessingStatus
{
    InProgress,
    Canceling,
    Ended,
}

/// <summary>A message batch and where it stands. Touched inside the agenda's gate only.</summary>
internal sealed class MessageBatch(string id, BatchEntry entry, DateTimeOffset createdAt)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);

    // Counted from the creation, not from the end (Anthropic's batch guide)
    private static readonly TimeSpan Kept = TimeSpan.FromDays(29);

    public string Id => id;

    public DateTimeOffset CreatedAt => createdAt;

    public DateTimeOffset ExpiresAt => createdAt + Window;

    public DateTimeOffset? CancelInitiatedAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Its line in the ledger.</summary>
    public BatchEntry Entry => entry;

    public required AnthropicPhases Phases { get; init; }

    public required BatchFate? Fate { get; init; }

    /// <summary>Where its results are once it ended; no file when no line was written.</summary>
    public required string ResultsPath { get; init; }

    public ProcessingStatus Status { get; private set; }

    /// <summary>The requests; there until the end.</summary>
    public BatchInput? Input { get; set; }

    /// <summary>What is shown: all are in processing until the batch ends, whatever was done.</summary>
    public required RequestCounts Counts { get; set; }

    /// <summary>When its results went away; null while they are there, or before it ended.</summary>
    public DateTimeOffset? ArchivedAt(DateTimeOffset now) => EndedAt is not null && createdAt + Kept <= now ? createdAt + Kept : null;

    public void Enter(ProcessingStatus status, DateTimeOffset at)
    {
        Status = status;
        entry.Status = WireJson.Word(status);
        switch (status)
        {
            case ProcessingStatus.Canceling:
                CancelInitiatedAt = at;
                break;
            case ProcessingStatus.Ended:
                EndedAt = at;
                entry.EndedAt = at;
                break;
        }
    }

    /// <summary>Requests done by now, as far as the clock decides.</summary>
    public int DoneBy(DateTimeOffset now) => Share.DoneBy(now, createdAt, Phases.InProgress, entry.Items);
}

/// <summary><c>request_counts</c>; the sum is always the number of requests.</summary>
internal sealed record RequestCounts(int Processing, int Succeeded = 0, int Errored = 0, int Canceled = 0, int Expired = 0);
