using BatchWorker.Queue;

namespace BatchWorker.Callbacks;

/// <summary>Looks for events that are due and has them delivered, each host by itself.</summary>
internal sealed class CallbackWorker(CallbackLedger ledger, Deliverer deliverer, CallbackOptions options, TimeProvider time, ILogger<CallbackWorker> logger)
{
    private const int MostHosts = 500;
    private static readonly TimeSpan s_busy = TimeSpan.FromSeconds(1);
    private readonly HostGates _gates = new(options.PerHost, time);
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>Begins with what is due; does not wait for it.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        foreach (var host in await ledger.DueHostsAsync(MostHosts))
        {
            var room = Math.Min(_gates.RoomFor(host), options.Parallel - Running);
            if (room > 0)
            {
                await BeginAsync(host, room, cancellationToken);
            }
            else
            {
                await ledger.PutOffAsync(host, _gates.RestOf(host) ?? s_busy);
            }
        }
    }

    /// <summary>Whether a host rests since it does not answer.</summary>
    public bool Rests(uint host) => _gates.RestOf(host) is not null;

    /// <summary>Waits for what was begun.</summary>
    public Task WhenIdleAsync()
    {
        lock (_lock)
        {
            return Task.WhenAll(_running);
        }
    }

    private int Running
    {
        get
        {
            lock (_lock)
            {
                return _running.Count;
            }
        }
    }

    private async Task BeginAsync(uint host, int room, CancellationToken cancellationToken)
    {
        foreach (var subject in await ledger.TakeAsync(host, room, options.Lease))
        {
            _gates.Enter(host);
            var delivery = DeliverAsync(subject, host, cancellationToken);
            lock (_lock)
            {
                _running.Add(delivery);
            }
            _ = delivery.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private void Forget(Task delivery)
    {
        lock (_lock)
        {
            _running.Remove(delivery);
        }
    }

    /// <summary>What fails here is taken again when its lease is over.</summary>
    private async Task DeliverAsync(CallbackSubject subject, uint host, CancellationToken cancellationToken)
    {
        bool? answered = null;
        try
        {
            answered = await deliverer.DeliverAsync(subject, host, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Log.Interrupted(logger, subject.Number);
        }
        catch (Exception failure) when (StoreFailures.IsPassing(failure))
        {
            Log.StoreInTheWay(logger, subject.Number, failure.GetType().Name);
        }
        catch (Exception failure)
        {
            Log.DeliveryFailed(logger, subject.Number, failure);
        }
        finally
        {
            _gates.Leave(host, answered);
        }
    }
}
