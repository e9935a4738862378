using BatchWorker.Lifecycle;

namespace BatchWorker.Tests.Architecture;

/// <summary>Draws the transition tables as Mermaid.</summary>
internal static class StateDiagram
{
    public static string Jobs() => Draw(
        JobState.Queued.Wire(),
        JobTransitions.All.Select(move => (move.Verb, From: move.From.Wire(), To: move.To.Wire())));

    public static string Batches() => Draw(
        BatchState.Preparing.Wire(),
        BatchTransitions.All.Select(move => (move.Verb, From: move.From.Wire(), To: move.To.Wire())));

    private static string Draw(string first, IEnumerable<(string Verb, string From, string To)> moves)
    {
        var lines = moves.GroupBy(move => (move.From, move.To)).Select(group => $"    {group.Key.From} --> {group.Key.To}: {string.Join(", ", group.Select(move => move.Verb))}");
        return string.Join('\n', ["```mermaid", "stateDiagram-v2", $"    [*] --> {first}", .. lines, "```"]);
    }
}
