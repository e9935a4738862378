using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>Looks for batches that have to be polled or reconciled.</summary>
internal sealed class PollingWorker(BatchRunners runners, PollingOptions options, Poller poller)
{
    private readonly BatchRunner _runner = runners.Of(options.Parallel);

    public Task RunOnceAsync(CancellationToken cancellationToken) => _runner.StartDueAsync(BatchWork.Poll, poller.HandleAsync, cancellationToken);

    /// <summary>Waits for what was begun.</summary>
    public Task WhenIdleAsync() => _runner.WhenIdleAsync();
}
