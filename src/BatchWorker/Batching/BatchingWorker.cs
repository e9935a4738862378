using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>Looks for batches that have to be sealed or submitted, and for runs that are over.</summary>
internal sealed class BatchingWorker(BatchRunners runners, BatchingOptions options, JobClaims claims, Submitter submitter, RunBook runs)
{
    private readonly BatchRunner _runner = runners.Of(options.Parallel);

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await _runner.StartDueAsync(BatchWork.Prepare, SealAsync, cancellationToken);
        await _runner.StartDueAsync(BatchWork.Submit, submitter.HandleAsync, cancellationToken);
        await runs.CloseAsync();
    }

    /// <summary>Waits for what was begun.</summary>
    public Task WhenIdleAsync() => _runner.WhenIdleAsync();

    /// <summary>The drain that filled it is gone: what it claimed is sent.</summary>
    private async Task SealAsync(OwnedBatch batch, CancellationToken cancellationToken)
    {
        if (await claims.FinishAsync(batch) is { } finished)
        {
            await claims.SealAsync(finished);
        }
    }
}
