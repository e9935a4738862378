using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Batching;

/// <summary>Looks whether the log of a store in this process has to be compacted.</summary>
[DisallowConcurrentExecution]
internal sealed class CompactionTick(LogCompaction compaction, ILogger<CompactionTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => compaction.RunOnceAsync();
}
