using System.Collections.Concurrent;
using System.Threading.Channels;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>Runs the drains of this replica, one after the other. A drain that was begun is finished, by this process or by the next.</summary>
internal sealed class DrainWorker(RunLedger runs, Drainer drainer, BatchingOptions options, TimeProvider time, ILogger<DrainWorker> logger) : BackgroundService
{
    private readonly Channel<string> _begun = Channel.CreateUnbounded<string>();
    private readonly ConcurrentDictionary<string, bool> _inHand = new();
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

    /// <summary>Drains a run that is written down, unless it is in hand already.</summary>
    public void Start(RunRecord run)
    {
        if (_inHand.TryAdd(run.Id, true))
        {
            _begun.Writer.TryWrite(run.Id);
        }
    }

    /// <summary>
    /// Goes on with drains whose replica is gone, and with those of this replica that it has not in hand: of its earlier life, or begun by
    /// a call whose answer was lost, which would else take a slot of the schedule with it.
    /// </summary>
    public async Task TakeOverAsync()
    {
        foreach (var run in await runs.TakeInterruptedAsync(RunBook.MostOpen, run => _inHand.ContainsKey(run.Id)))
        {
            Log.TakenOver(logger, run.Id);
            Start(run);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await BeginAsync();
        while (true)
        {
            var run = await _begun.Reader.ReadAsync(stoppingToken);
            _running = true;
            await DrainAsync(run, stoppingToken);
            _running = false;
        }
    }

    /// <summary>A store that is away now is asked again by the tick; a failure here would end the daemon.</summary>
    private async Task BeginAsync()
    {
        try
        {
            await TakeOverAsync();
        }
        catch (Exception away) when (StoreFailures.IsAway(away))
        {
            Log.NotTakenOver(logger, away.GetType().Name);
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
                if (done.Held.Where(held => held.Reason == Selection.NoBudget).Sum(held => (long)held.Jobs) is > 0 and var held)
                {
                    Log.HeldForBudget(logger, done.Id, held);
                }
            }
            _inHand.TryRemove(id, out _);
        }
        catch (RunTakenOverException taken)
        {
            Log.LostToAnother(logger, taken.Message);
            _inHand.TryRemove(id, out _);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            Tell(id, failure);
            await Task.Delay(options.RetryAfter, time, stoppingToken);
            _begun.Writer.TryWrite(id);
        }
    }

    private void Tell(string id, Exception failure)
    {
        if (StoreFailures.IsPassing(failure))
        {
            Log.DrainWaits(logger, id, failure.Message);
        }
        else
        {
            Log.DrainFailed(logger, id, failure);
        }
    }
}
