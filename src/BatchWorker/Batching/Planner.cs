using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>Plans drains: what would be sent now, in which batches. Changes nothing.</summary>
internal sealed class Planner(Selections selections, LaneLimits limits)
{
    /// <summary>Jobs that a plan looks at: more take longer than somebody waits.</summary>
    public const int MostJobs = 200_000;

    public async Task<DrainPlan> PlanAsync(RunFilter filter, CancellationToken cancellationToken)
    {
        var selection = await selections.BeginAsync(filter, estimates: true);
        var (batches, jobs) = (new List<PlannedBatch>(), 0);
        var packer = new Packer<PlannedBatch>(OpenAsync, _ => Task.CompletedTask);
        await foreach (var job in selection.ReadAsync(carryOver: false, Math.Min(filter.MaxJobs ?? int.MaxValue, MostJobs), cancellationToken))
        {
            jobs++;
            (await packer.PlaceAsync(job.Job.Record)).Add(job.Job, job.Estimate!);
        }
        return new DrainPlan(filter, batches, selection.Held, jobs < MostJobs || filter.MaxJobs <= MostJobs);

        async Task<PlannedBatch> OpenAsync(JobRecord first)
        {
            var lane = selection.LaneOf(first);
            batches.Add(new PlannedBatch(lane, await limits.BeginAsync(lane, first)));
            return batches[^1];
        }
    }
}
