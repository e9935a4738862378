using BatchWorker.Costs;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>What a drain would do now.</summary>
/// <param name="Filter">What it would take.</param>
/// <param name="Batches">The batches that it would make.</param>
/// <param name="Held">What it would leave, and why.</param>
/// <param name="IsComplete">False when there is more than a plan looks at.</param>
internal sealed record DrainPlan(RunFilter Filter, IReadOnlyList<PlannedBatch> Batches, IReadOnlyList<HeldJobs> Held, bool IsComplete);

/// <summary>A batch that a drain would make.</summary>
internal sealed class PlannedBatch(Lane lane, Packing packing) : IFill
{
    public Lane Lane => lane;

    public Packing Packing => packing;

    /// <summary>Tokens of the requests.</summary>
    public decimal Input { get; private set; }

    /// <summary>Requests whose tokens were counted by the tokenizer of their model.</summary>
    public int Exact { get; private set; }

    /// <summary>Tokens of the answers.</summary>
    public Spread Output { get; private set; }

    /// <summary>Pico-USD of the requests that have a price.</summary>
    public Spread Pico { get; private set; }

    /// <summary>Requests whose price is unknown.</summary>
    public int Unpriced { get; private set; }

    public void Add(WaitingJob job, RequestEstimate estimate)
    {
        packing.Add(job.Record);
        Input += estimate.Input;
        Exact += estimate.IsExact ? 1 : 0;
        Output += estimate.Output;
        Pico += estimate.Pico ?? default;
        Unpriced += estimate.Pico is null ? 1 : 0;
    }
}
