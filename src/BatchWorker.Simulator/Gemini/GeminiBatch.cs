using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Http;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.Gemini;

/// <summary>A batch and where it stands. Touched inside the agenda's gate only.</summary>
internal sealed class GeminiBatch(string name, CreateCall call, BatchEntry entry, DateTimeOffset createdAt)
{
    public const string Prefix = "batches/";

    // Running or pending for longer than that is no use to anybody (Gemini batch guide)
    private static readonly TimeSpan Window = TimeSpan.FromHours(48);

    /// <summary><c>batches/ID</c>.</summary>
    public string Name => name;

    public CreateCall Call => call;

    public DateTimeOffset CreatedAt => createdAt;

    public DateTimeOffset ExpiresAt => createdAt + Window;

    /// <summary>Its line in the ledger.</summary>
    public BatchEntry Entry => entry;

    /// <summary>Without <c>models/</c>.</summary>
    public required string Model { get; init; }

    public required bool IsEmbedding { get; init; }

    public required GeminiPhases Phases { get; init; }

    public BatchFate? Fate { get; init; }

    /// <summary>Position in the order of creation.</summary>
    public required long Sequence { get; init; }

    /// <summary>What validation will say; null when nothing is wrong.</summary>
    public string? InputFault { get; init; }

    public GeminiState State { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public bool HasEnded => State > GeminiState.Running;

    /// <summary>Out of sight; deleting does not cancel.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>Somebody asked to cancel it.</summary>
    public bool IsCancelling { get; set; }

    /// <summary>The requests; there until the end.</summary>
    public BatchInput? Input { get; set; }

    /// <summary>When it began to run; null when it did not.</summary>
    public DateTimeOffset? BeganAt => entry.BeganAt;

    /// <summary>What it came to; null until it succeeded.</summary>
    public RunTotals? Totals { get; set; }

    /// <summary>Name of the file of results, also of those that are shown inside the batch; null without results.</summary>
    public string? ResultName { get; set; }

    /// <summary>Why there are no results.</summary>
    public (RpcCode Code, string Message)? Error { get; set; }

    public void Enter(GeminiState state, DateTimeOffset at)
    {
        State = state;
        UpdatedAt = at;
        entry.Status = WireJson.Word(state);
        if (HasEnded)
        {
            entry.EndedAt = at;
        }
    }

    /// <summary>Requests done by now, of one that runs.</summary>
    public int DoneBy(DateTimeOffset now) => Input is { } input && BeganAt is { } began ? Share.DoneBy(now, began, Phases.Running, input.Count) : 0;
}
