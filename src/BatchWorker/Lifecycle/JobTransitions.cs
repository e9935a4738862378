using static BatchWorker.Lifecycle.JobState;

namespace BatchWorker.Lifecycle;

/// <summary>One move of a job: which verb of the ledger takes it from where to where.</summary>
internal sealed record JobTransition(string Verb, JobState From, JobState To);

/// <summary>Every move that a job may make. The scripts get the states from here, the README's picture is drawn from here.</summary>
internal static class JobTransitions
{
    public static IReadOnlyList<JobTransition> All { get; } =
    [
        new("claim", Queued, Batched),
        new("submitted", Batched, Submitted),
        new("unbind", Submitted, Batched),
        new("settle", Submitted, Succeeded),
        new("settle", Submitted, Failed),
        new("settle", Submitted, Cancelled),
        new("requeue", Submitted, Queued),
        new("release", Batched, Queued),
        new("settle", Batched, Failed),
        new("settle", Batched, Cancelled),
        new("cancel", Queued, Cancelled),
        new("deadline", Queued, Failed),
        new("retry", Failed, Queued),
        new("retry", Cancelled, Queued),
    ];

    /// <summary>No provider will change it any more; an operator may still retry it.</summary>
    public static bool HasEnded(this JobState state) => state is Succeeded or Failed or Cancelled;

    public static bool IsAllowed(JobState from, JobState to) => All.Any(move => move.From == from && move.To == to);

    public static string Wire(this JobState state) => state switch
    {
        Queued => "queued",
        Batched => "batched",
        Submitted => "submitted",
        Succeeded => "succeeded",
        Failed => "failed",
        Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
