using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>Lanes that a drain takes from, and those it must leave.</summary>
internal sealed record ChosenLanes(IReadOnlyDictionary<int, Lane> Open, IReadOnlyList<HeldJobs> Held);

/// <summary>Decides which lanes with waiting jobs a drain may take from.</summary>
internal sealed class LaneChoice(QueueCounts counts, ProviderGate gate)
{
    public async Task<ChosenLanes> ChooseAsync(RunFilter filter)
    {
        var open = new Dictionary<int, Lane>();
        var held = new List<HeldJobs>();
        foreach (var waiting in (await counts.CountAsync()).Lanes.Where(lane => Matches(lane.Lane, filter)))
        {
            if (await gate.ClosedAsync(waiting.Lane.Provider) is { } reason)
            {
                held.Add(new HeldJobs(waiting.Lane.ToString(), (int)Math.Min(int.MaxValue, waiting.Total), reason));
            }
            else
            {
                open[waiting.Number] = waiting.Lane;
            }
        }
        return new ChosenLanes(open, held);
    }

    private static bool Matches(Lane lane, RunFilter filter) =>
        (filter.JobType is null || filter.JobType == lane.JobType)
        && (filter.Provider is null || filter.Provider == lane.Provider.Wire());
}
