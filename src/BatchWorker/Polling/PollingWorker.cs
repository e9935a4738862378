using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>Looks for batches that have to be polled or reconciled.</summary>
internal sealed class PollingWorker(BatchRunner runner, Poller poller)
{
    public Task RunOnceAsync(CancellationToken cancellationToken) => runner.StartDueAsync(BatchWork.Poll, poller.HandleAsync, cancellationToken);

    /// <summary>Waits for what was begun.</summary>
    public Task WhenIdleAsync() => runner.WhenIdleAsync();
}
