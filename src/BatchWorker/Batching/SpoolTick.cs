using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Batching;

/// <summary>Removes input files that nobody will send any more: of batches that another replica took over, or that ended on the way.</summary>
[DisallowConcurrentExecution]
internal sealed class SpoolTick(SpoolWriter spool, BatchLedger batches, ILogger<SpoolTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => spool.SweepAsync(batches);
}
