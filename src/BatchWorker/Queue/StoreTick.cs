using Quartz;

namespace BatchWorker.Queue;

/// <summary>A tick that asks the store. While the store is away or full there is nothing to do; the next tick looks again.</summary>
internal abstract class StoreTick(ILogger logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await LookAsync();
        }
        catch (Exception away) when (StoreFailures.IsPassing(away))
        {
            Log.TickMissed(logger, GetType().Name, away.GetType().Name);
        }
    }

    protected abstract Task LookAsync();
}
