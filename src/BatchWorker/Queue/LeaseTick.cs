using Quartz;

namespace BatchWorker.Queue;

/// <summary>Renews this replica's lease; a store that is away lets the trust in it run out by itself.</summary>
[DisallowConcurrentExecution]
internal sealed class LeaseTick(OwnerLease lease, IHostApplicationLifetime lifetime, ILogger<LeaseTick> logger) : StoreTick(logger)
{
    protected override async Task LookAsync()
    {
        if (!await lease.RenewAsync())
        {
            Log.NameTaken(logger);
            lifetime.StopApplication();
        }
    }
}
