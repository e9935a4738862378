using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>One drain: puts jobs into the open batches of their lanes and seals them.</summary>
internal sealed class Drain(LaneOpener opener, RunLedger runs) : IDisposable
{
    private readonly Dictionary<(int Lane, bool Suspect), LaneFill> _open = [];
    private readonly List<LaneFill> _all = [];
    private readonly HashSet<LaneFill> _inHand = [];

    /// <summary>Jobs that are in sealed or open batches.</summary>
    public int Claimed => _all.Sum(fill => fill.Claimed);

    /// <summary>Adds one job. The run is saved with each new batch before a job enters it.</summary>
    public async Task<RunRecord> AddAsync(RunRecord run, WaitingJob job)
    {
        var key = (job.Record.Lane, job.Record.Has(JobFlags.Suspect));
        if (_open.TryGetValue(key, out var fill) && !fill.Fits(job))
        {
            _open.Remove(key);
            await SealAsync(fill);
            fill = null;
        }
        if (fill is null)
        {
            fill = await opener.OpenAsync(run, job.Record);
            _open[key] = fill;
            _all.Add(fill);
            _inHand.Add(fill);
            run = run with { Batches = [.. run.Batches, fill.BatchId] };
            if (!await runs.SaveAsync(run))
            {
                throw new RunTakenOverException(run.Id);
            }
        }
        await fill.AddAsync(job);
        return run;
    }

    public async Task SealAsync()
    {
        foreach (var fill in _open.Values)
        {
            await SealAsync(fill);
        }
        _open.Clear();
    }

    /// <summary>Lets go of batches that a failure left open; they are sealed as they are.</summary>
    public void Dispose() => _inHand.ToList().ForEach(Release);

    private async Task SealAsync(LaneFill fill)
    {
        await fill.SealAsync();
        Release(fill);
    }

    /// <summary>Once: the room that submits may have it in hand the moment after.</summary>
    private void Release(LaneFill fill)
    {
        if (_inHand.Remove(fill))
        {
            opener.Release(fill);
        }
    }
}
