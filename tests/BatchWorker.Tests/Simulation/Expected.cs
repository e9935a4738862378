using BatchWorker.Lifecycle;
using BatchWorker.Tests.Simulation.Oracles;

namespace BatchWorker.Tests.Simulation;

/// <summary>Where the fixed seeds must have been: a simulation that never gets there proves nothing about it.</summary>
internal static class Expected
{
    private static readonly string[] s_creates =
    [
        "create created", "create not_sent", "create unknown", "create unknown: lost on the way", "create unknown: its answer was lost",
        "create rejected Unauthorized", "create rejected Throttled", "create rejected NotFound", "create rejected TooLarge", "create rejected Refused", "create rejected Invalid",
    ];

    /// <summary>Every way into doubt and out of it.</summary>
    private static readonly string[] s_doubts =
    [
        "said: CreateInterrupted", "said: InDoubt", "said: Adopted certain", "said: Adopted to be confirmed", "said: ProvenAbsent", "said: Ambiguous",
        "said: Unbound Foreign", "said: Unbound Unclear", "said: Resolved absent", "said: Resolved another word", "said: Duplicate", "said: DuplicateRead", "said: PaidTwice", "said: DuplicateUncertain", "said: ListingFailed", "said: NotSent", "said: TakenOver", "said: LostToAnother",
    ];

    /// <summary>Every place where a store that died inside a script leaves work, and every repair of an acceptance.</summary>
    private static readonly string[] s_repairs =
    [
        "cut off: enqueue", "cut off: claim", "cut off: settle", "cut off: change of a batch", "cut off: move of a job", "cut off: run",
        "said: AcceptanceFinished some", "said: AcceptanceFinished none", "repair: queue", "repair: delayed", "repair: deadline",
    ];

    private static readonly string[] s_adversaries =
    [
        "adversary: frozen", "adversary: told to stop", "adversary: store away", "adversary: other account", "adversary: wrong word, absent", "adversary: wrong word, another batch",
        "a call was repeated", "a repeated call found its jobs",
    ];

    public static IEnumerable<string> Places =>
    [
        .. JobTransitions.All.Select(MoveOracle.Place),
        .. BatchTransitions.All.Select(MoveOracle.Place),
        .. s_creates, .. s_doubts, .. s_repairs, .. s_adversaries,
    ];
}
