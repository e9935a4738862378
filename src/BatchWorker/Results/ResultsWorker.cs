using BatchWorker.Queue;

namespace BatchWorker.Results;

/// <summary>Looks for ended batches that have to be retrieved.</summary>
internal sealed class ResultsWorker(BatchRunner runner, Retriever retriever)
{
    public Task RunOnceAsync(CancellationToken cancellationToken) => runner.StartDueAsync(BatchWork.Retrieve, retriever.HandleAsync, cancellationToken);

    /// <summary>Waits for what was begun.</summary>
    public Task WhenIdleAsync() => runner.WhenIdleAsync();
}
