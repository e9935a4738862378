using BatchWorker.Archive;
using BatchWorker.Queue;

namespace BatchWorker.Results;

/// <summary>What the ledger offers to drop.</summary>
internal sealed record Retentions(JobRetention Jobs, BatchRetention Batches, RunRetention Runs, OldBindings Bindings);

/// <summary>
/// Drops what has been kept for long enough: jobs, then the batches without any job left and their results, then the runs without any batch.
/// Daily totals stay. A look does a bounded piece of work and may be cut off anywhere; replicas may look at the same time.
/// </summary>
internal sealed class RetentionWorker(Retentions ledger, ISegmentStore segments, ResultsOptions options, TimeProvider time, ILogger<RetentionWorker> logger)
{
    private const int MostDropped = 10;
    private const int MostSegments = 100;

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - options.Retention;
        var buckets = await ledger.Jobs.DropAsync(before);
        var batches = await ledger.Batches.DropAsync(before, keepsForFiles: options.ProviderFileAge is not null);
        foreach (var batch in await ledger.Batches.DroppedAsync(MostDropped))
        {
            await EmptyAsync(batch, cancellationToken);
        }
        var runs = await ledger.Runs.DropAsync(before);
        await ledger.Bindings.DropAsync();
        if (buckets + batches + runs > 0)
        {
            Log.Expired(logger, buckets, batches, runs);
        }
    }

    /// <summary>The ledger forgets a segment after it is gone, and the batch after its segments.</summary>
    private async Task EmptyAsync(DroppedBatch batch, CancellationToken cancellationToken)
    {
        for (uint[] part; (part = await ledger.Batches.SegmentsAsync(batch, MostSegments)).Length > 0;)
        {
            foreach (var segment in part)
            {
                await segments.DeleteAsync(segment, cancellationToken);
            }
            await ledger.Batches.ForgetSegmentsAsync(batch, part);
        }
        await ledger.Batches.ForgetAsync(batch);
    }
}
