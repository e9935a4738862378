using BatchWorker.Queue;
using Quartz;

namespace BatchWorker.Results;

/// <summary>Looks whether prices have come.</summary>
[DisallowConcurrentExecution]
internal sealed class RepriceTick(Repricer repricer, ILogger<RepriceTick> logger) : StoreTick(logger)
{
    protected override Task LookAsync() => repricer.RunOnceAsync();
}
