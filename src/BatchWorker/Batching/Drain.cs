using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>One drain: puts jobs into the open batches of their lanes and seals them.</summary>
internal sealed class Drain(JobClaims claims, BatchLedger batches, RunLedger runs, Switches switches, ProviderSet providers)
{
    private readonly Dictionary<(int Lane, bool Suspect), LaneFill> _open = [];
    private readonly List<LaneFill> _all = [];

    /// <summary>Jobs that are in sealed or open batches.</summary>
    public int Claimed => _all.Sum(fill => fill.Claimed);

    /// <summary>Adds one job. The run is saved with each new batch before a job enters it.</summary>
    public async Task<RunRecord> AddAsync(RunRecord run, WaitingJob job)
    {
        var key = (job.Record.Lane, job.Record.Has(JobFlags.Suspect));
        if (_open.TryGetValue(key, out var fill) && !fill.Fits(job))
        {
            _open.Remove(key);
            await fill.SealAsync();
            fill = null;
        }
        if (fill is null)
        {
            (run, fill) = await OpenAsync(run, job);
            _open[key] = fill;
            _all.Add(fill);
        }
        await fill.AddAsync(job);
        return run;
    }

    public async Task SealAsync()
    {
        foreach (var fill in _open.Values)
        {
            await fill.SealAsync();
        }
        _open.Clear();
    }

    private async Task<(RunRecord Run, LaneFill Fill)> OpenAsync(RunRecord run, WaitingJob job)
    {
        var batch = await batches.OpenAsync(job.Record.Lane, run.Id);
        run = run with { Batches = [.. run.Batches, batch.Record.Id] };
        await runs.SaveAsync(run);
        var lane = batch.Record.Lane;
        if (!providers.TryGet(lane.Provider, out var provider))
        {
            throw new InvalidOperationException($"{lane.Provider.Wire()} is drained without a key.");
        }
        var limits = provider.LimitsOf(lane.Endpoint);
        if (job.Record.Has(JobFlags.Suspect))
        {
            limits = limits with { MaxRequests = Math.Min(limits.MaxRequests, await switches.SuspectLimitAsync(job.Record.Lane)) };
        }
        return (run, new LaneFill(claims, batch, limits, provider.OverheadOf(lane)));
    }
}
