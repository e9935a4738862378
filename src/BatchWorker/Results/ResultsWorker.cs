using BatchWorker.Queue;

namespace BatchWorker.Results;

/// <summary>Looks for ended batches that have to be retrieved.</summary>
internal sealed class ResultsWorker(BatchRunners runners, ResultsOptions options, Retriever retriever)
{
    private readonly BatchRunner _runner = runners.Of(options.Parallel);

    public Task RunOnceAsync(CancellationToken cancellationToken) => _runner.StartDueAsync(BatchWork.Retrieve, retriever.HandleAsync, cancellationToken);

    /// <summary>Waits for what was begun.</summary>
    public Task WhenIdleAsync() => _runner.WhenIdleAsync();
}
