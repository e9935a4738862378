using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Callbacks;

/// <summary>Lets callbacks look for work.</summary>
[DisallowConcurrentExecution]
internal sealed class CallbackTick(CallbackWorker worker, IHostApplicationLifetime lifetime, ILogger<CallbackTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => worker.RunOnceAsync(lifetime.ApplicationStopping);
}
