using BatchWorker.Batching;
using BatchWorker.Control;
using BatchWorker.Costs;
using BatchWorker.Lifecycle;

namespace BatchWorker;

/// <summary>Shows the plan of a drain.</summary>
internal static class PlanView
{
    public static PlanAnswer Of(DrainPlan plan)
    {
        var (jobs, unpriced) = (plan.Batches.Sum(batch => batch.Packing.Jobs), plan.Batches.Sum(batch => batch.Unpriced));
        var pico = plan.Batches.Aggregate(default(Spread), (sum, batch) => sum + batch.Pico);
        return new PlanAnswer(
            true, new RunFilterAnswer(plan.Filter.JobType, plan.Filter.Provider, plan.Filter.MaxJobs), plan.IsComplete, jobs, CostOf(pico, jobs, unpriced), unpriced,
            [.. plan.Batches.Select(Of)], [.. plan.Held.Select(held => new HeldAnswer(held.Lane, held.Jobs, held.Reason))]);
    }

    private static PlannedBatchAnswer Of(PlannedBatch batch)
    {
        var (lane, output) = (batch.Lane, batch.Output);
        return new PlannedBatchAnswer(
            lane.Provider.Wire(), lane.Endpoint, lane.Model, lane.JobType, batch.Packing.Jobs, batch.Packing.Bytes, batch.Input, batch.Exact,
            new SpreadAnswer(Whole(output.Low), Whole(output.Expected), Whole(output.High)), CostOf(batch.Pico, batch.Packing.Jobs, batch.Unpriced), batch.Unpriced);
    }

    private static SpreadAnswer? CostOf(Spread pico, int jobs, int unpriced) =>
        unpriced == jobs && jobs > 0 ? null : new SpreadAnswer(PicoUsd.ToUsd(Whole(pico.Low)), PicoUsd.ToUsd(Whole(pico.Expected)), PicoUsd.ToUsd(Whole(pico.High)));

    private static decimal Whole(decimal number) => decimal.Ceiling(number);
}
