using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>A batch that takes jobs as long as they fit.</summary>
internal interface IFill
{
    Packing Packing { get; }
}

/// <summary>Finds the batch that a job goes into: one is open for each lane, and one for its suspects; one that has no room for the next job is closed.</summary>
/// <param name="open">Opens a batch for its first job.</param>
/// <param name="close">Closes one.</param>
internal sealed class Packer<TFill>(Func<JobRecord, Task<TFill>> open, Func<TFill, Task> close) where TFill : class, IFill
{
    private readonly Dictionary<(int Lane, bool Suspect), TFill> _open = [];

    public async Task<TFill> PlaceAsync(JobRecord job)
    {
        var key = (job.Lane, job.Has(JobFlags.Suspect));
        if (_open.TryGetValue(key, out var fill) && !fill.Packing.Fits(job))
        {
            _open.Remove(key);
            await close(fill);
            fill = null;
        }
        return fill ?? (_open[key] = await open(job));
    }

    public async Task CloseAsync()
    {
        foreach (var fill in _open.Values)
        {
            await close(fill);
        }
        _open.Clear();
    }
}
