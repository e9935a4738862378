using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>One drain: puts jobs into the open batches of their lanes and seals them.</summary>
internal sealed class Drain : IDisposable
{
    private readonly LaneOpener _opener;
    private readonly RunLedger _runs;
    private readonly BudgetGate? _gate;
    private readonly Packer<LaneFill> _packer;
    private readonly List<LaneFill> _all = [];
    private readonly HashSet<LaneFill> _inHand = [];
    private RunRecord _run;

    /// <param name="opener">Opens its batches.</param>
    /// <param name="runs">Where the run is written down.</param>
    /// <param name="run">The run.</param>
    /// <param name="gate">The budgets; null where there are none.</param>
    public Drain(LaneOpener opener, RunLedger runs, RunRecord run, BudgetGate? gate = null)
    {
        _opener = opener;
        _runs = runs;
        _run = run;
        _gate = gate;
        _packer = new Packer<LaneFill>(OpenAsync, SealAsync);
    }

    /// <summary>The run with its batches so far.</summary>
    public RunRecord Run => _run;

    /// <summary>Jobs that are in sealed or open batches.</summary>
    public int Claimed => _all.Sum(fill => fill.Claimed);

    /// <summary>Adds one job.</summary>
    public async Task AddAsync(WaitingJob job) => await (await _packer.PlaceAsync(job.Record)).AddAsync(job);

    public Task SealAsync() => _packer.CloseAsync();

    /// <summary>Lets go of batches that a failure left open; they are sealed as they are.</summary>
    public void Dispose() => _inHand.ToList().ForEach(Release);

    /// <summary>The run is saved with each new batch before a job enters it.</summary>
    private async Task<LaneFill> OpenAsync(JobRecord first)
    {
        var fill = await _opener.OpenAsync(_run, first, _gate);
        _all.Add(fill);
        _inHand.Add(fill);
        _run = _run with { Batches = [.. _run.Batches, fill.BatchId] };
        return await _runs.SaveAsync(_run) ? fill : throw new RunTakenOverException(_run.Id);
    }

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
            _opener.Release(fill);
        }
    }
}
