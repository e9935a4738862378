using static BatchWorker.Lifecycle.BatchState;

namespace BatchWorker.Lifecycle;

/// <summary>One move of a batch.</summary>
internal sealed record BatchTransition(string Verb, BatchState From, BatchState To);

/// <summary>Every move that a batch may make.</summary>
internal static class BatchTransitions
{
    public static IReadOnlyList<BatchTransition> All { get; } =
    [
        new("seal", Preparing, Submitting),
        new("created", Submitting, Submitted),
        new("unknown", Submitting, InDoubt),
        new("rejected", Submitting, Retrieving),
        new("cancel", Submitting, Retrieving),
        new("adopt", InDoubt, Submitted),
        new("absent", InDoubt, Submitting),
        new("unbind", Submitted, InDoubt),
        new("polled", Submitted, InProgress),
        new("unbind", InProgress, InDoubt),
        new("ended", Submitted, Retrieving),
        new("ended", InProgress, Retrieving),
        new("audited", Retrieving, Completed),
        new("audited", Retrieving, Failed),
        new("audited", Retrieving, Expired),
        new("audited", Retrieving, Cancelled),
    ];

    public static bool HasEnded(this BatchState state) => state >= Completed;

    /// <summary>True from the provider's acknowledgement on: the jobs inside are submitted.</summary>
    public static bool IsWithProvider(this BatchState state) => state is Submitted or InProgress or Retrieving;

    public static bool IsAllowed(BatchState from, BatchState to) => All.Any(move => move.From == from && move.To == to);

    public static string Wire(this BatchState state) => state switch
    {
        Preparing => "preparing",
        Submitting => "submitting",
        InDoubt => "in_doubt",
        Submitted => "submitted",
        InProgress => "in_progress",
        Retrieving => "retrieving",
        Completed => "completed",
        Failed => "failed",
        Expired => "expired",
        Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
