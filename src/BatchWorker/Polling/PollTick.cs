using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Polling;

/// <summary>Lets polling look for work.</summary>
[DisallowConcurrentExecution]
internal sealed class PollTick(PollingWorker worker, IHostApplicationLifetime lifetime, ILogger<PollTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => worker.RunOnceAsync(lifetime.ApplicationStopping);
}
