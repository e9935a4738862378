using System.Threading.Channels;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>Runs the drains of this replica, one after the other. A drain that was begun is finished, by this process or by the next.</summary>
internal sealed class DrainWorker(RunLedger runs, Drainer drainer, BatchingOptions options, TimeProvider time, ILogger<DrainWorker> logger) : BackgroundService
{
    private readonly Channel<string> _begun = Channel.CreateUnbounded<string>();
    private volatile bool _running;

    /// <summary>A drain runs or is about to.</summary>
    public bool IsBusy => _running || _begun.Reader.Count > 0;

    /// <summary>Begins a run; it is written down when this returns, and drains in the background.</summary>
    public async Task<RunRecord> BeginAsync(string trigger, RunFilter filter)
    {
        var run = await runs.BeginAsync(trigger, filter);
        Start(run);
        return run;
    }

    /// <summary>Drains a run that is written down.</summary>
    public void Start(RunRecord run) => _begun.Writer.TryWrite(run.Id);

    /// <summary>Goes on with drains whose replica is gone; with <paramref name="own"/> also with those of this replica's earlier life.</summary>
    public async Task TakeOverAsync(bool own = false)
    {
        foreach (var run in await runs.TakeInterruptedAsync(RunBook.MostOpen, own))
        {
            Log.TakenOver(logger, run.Id);
            Start(run);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await TakeOverAsync(own: true);
        await foreach (var run in _begun.Reader.ReadAllAsync(stoppingToken))
        {
            _running = true;
            await DrainAsync(run, stoppingToken);
            _running = false;
        }
    }

    /// <summary>A drain that failed goes on from what is written down.</summary>
    private async Task DrainAsync(string id, CancellationToken stoppingToken)
    {
        try
        {
            if (await runs.FindAsync(id) is { Claimed: false } run)
            {
                var done = await drainer.RunAsync(run, stoppingToken);
                Log.Drained(logger, done.Id, done.Jobs, done.Batches.Count, done.Trigger);
            }
        }
        catch (RunTakenOverException taken)
        {
            Log.LostToAnother(logger, taken.Message);
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            Log.DrainFailed(logger, id, failure);
            await Task.Delay(options.RetryAfter, time, stoppingToken);
            _begun.Writer.TryWrite(id);
        }
    }
}
