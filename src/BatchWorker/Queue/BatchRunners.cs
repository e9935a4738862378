namespace BatchWorker.Queue;

/// <summary>Makes a runner for each room that handles batches.</summary>
internal sealed class BatchRunners(BatchLedger batches, BatchesInHand inHand, TimeProvider time, ILogger<BatchRunner> logger)
{
    public BatchRunner Of(int parallel) => new(batches, inHand, time, logger) { Parallel = parallel };
}
