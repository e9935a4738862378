using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Callbacks;

/// <summary>Samples the outbox.</summary>
[DisallowConcurrentExecution]
internal sealed class CallbackWatchTick(CallbackWatch watch, ILogger<CallbackWatchTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => watch.RunOnceAsync();
}
