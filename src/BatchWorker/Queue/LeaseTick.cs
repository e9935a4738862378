using Quartz;

namespace BatchWorker.Queue;

/// <summary>Renews this replica's lease; a store that is away lets the trust in it run out by itself.</summary>
[DisallowConcurrentExecution]
internal sealed class LeaseTick(OwnerLease lease, IHostApplicationLifetime lifetime, ILogger<LeaseTick> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            if (!await lease.RenewAsync())
            {
                Log.NameTaken(logger);
                lifetime.StopApplication();
            }
        }
        catch (Exception away) when (StoreFailures.IsAway(away))
        {
            Log.LeaseNotRenewed(logger, away.GetType().Name);
        }
    }
}
