using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// Gives a room the batches that it has to look at: each one owned by this replica, none in two hands at once,
/// not more than so many at a time. A failure stays with its batch, which is looked at again later.
/// </summary>
internal sealed class BatchRunner(BatchLedger batches, BatchesInHand inHand, TimeProvider time, ILogger<BatchRunner> logger) : IDisposable
{
    private const int MostDue = 200;
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HeldElsewhere = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _slots = new(1);
    private readonly int _parallel = 1;
    private long? _restsSince;

    /// <summary>How many batches may be worked on at a time.</summary>
    public int Parallel
    {
        init
        {
            _parallel = value;
            _slots = new SemaphoreSlim(value);
        }
    }

    /// <summary>Begins with the batches that are due; does not wait for them.</summary>
    public async Task StartDueAsync(BatchWork work, Func<OwnedBatch, CancellationToken, Task> handle, CancellationToken cancellationToken)
    {
        if (_restsSince is { } since && time.GetElapsedTime(since) < AfterFailure)
        {
            return;
        }
        foreach (var number in await batches.DueAsync(work, MostDue))
        {
            if (!_slots.Wait(0, CancellationToken.None))
            {
                return;
            }
            if (!inHand.TryTake(number))
            {
                _slots.Release();
                continue;
            }
            _ = HandleAsync(number, work, handle, cancellationToken);
        }
    }

    /// <summary>Waits for everything that was begun: when it has every slot, nothing runs.</summary>
    public async Task WhenIdleAsync()
    {
        for (var taken = 0; taken < _parallel; taken++)
        {
            await _slots.WaitAsync();
        }
        _slots.Release(_parallel);
    }

    public void Dispose() => _slots.Dispose();

    private async Task HandleAsync(long number, BatchWork work, Func<OwnedBatch, CancellationToken, Task> handle, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            await HandleOwnAsync(number, work, handle, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Log.Interrupted(logger, number);
        }
        catch (Exception failure) when (StoreFailures.IsPassing(failure))
        {
            Log.StoreInTheWay(logger, number, work, failure.Message);
            await PostponeAsync(number, work);
        }
        catch (Exception failure)
        {
            Log.HandlingFailed(logger, number, work, failure);
            await PostponeAsync(number, work);
        }
        finally
        {
            inHand.Release(number);
            _slots.Release();
        }
    }

    private async Task HandleOwnAsync(long number, BatchWork work, Func<OwnedBatch, CancellationToken, Task> handle, CancellationToken cancellationToken)
    {
        var batch = await batches.OwnAsync(number);
        if (batch is null)
        {
            await batches.PostponeAsync(number, work, time.GetUtcNow() + HeldElsewhere);
        }
        else if (BatchWorkRules.WorkOf(batch.State) == work)
        {
            await handle(batch, cancellationToken);
        }
        else
        {
            await batches.LeaveAsync(batch, work);
        }
    }

    /// <summary>A store that is away or full keeps the batch due: then this room rests for as long.</summary>
    private async Task PostponeAsync(long number, BatchWork work)
    {
        try
        {
            await batches.PostponeAsync(number, work, time.GetUtcNow() + AfterFailure);
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            _restsSince = time.GetTimestamp();
            Log.NotPostponed(logger, number, failure.Message);
        }
    }
}
