using BatchWorker.Batching;
using BatchWorker.Monitoring;
using BatchWorker.Polling;
using BatchWorker.Queue;
using BatchWorker.Results;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace BatchWorker.Tests.Simulation;

/// <summary>
/// A tick of the schedule: never twice at once, at intervals that the seed stretches. They are longer than the daemon's,
/// since a look that finds nothing tells nothing.
/// </summary>
internal sealed class ReplicaTick(Type type, TimeSpan interval)
{
    private Task _run = Task.CompletedTask;
    private bool _isStopped;

    public static List<ReplicaTick> Register(IServiceCollection services)
    {
        var ticks = new List<ReplicaTick>
        {
            new(typeof(SubmitTick), TimeSpan.FromSeconds(15)),
            new(typeof(PollTick), TimeSpan.FromSeconds(25)),
            new(typeof(RetrieveTick), TimeSpan.FromSeconds(20)),
            new(typeof(SweepTick), TimeSpan.FromSeconds(240)),
            new(typeof(RollbackTick), TimeSpan.FromSeconds(180)),
            new(typeof(RecountTick), TimeSpan.FromSeconds(600)),
            new(typeof(LateTick), TimeSpan.FromSeconds(300)),
            new(typeof(AlertTick), TimeSpan.FromMinutes(15)),
            new(typeof(RepriceTick), TimeSpan.FromMinutes(15)),
            new(typeof(InvariantTick), TimeSpan.FromSeconds(300)),
            new(typeof(TakeOverTick), TimeSpan.FromSeconds(60)),
            new(typeof(LeaseTick), TimeSpan.FromSeconds(20)),
            new(typeof(DrainTick), TimeSpan.FromSeconds(90)),
            new(typeof(CarryOverTick), TimeSpan.FromSeconds(60)),
            new(typeof(ProbeTick), TimeSpan.FromSeconds(120)),
            new(typeof(SampleTick), TimeSpan.FromMinutes(30)),
            new(typeof(SpoolTick), TimeSpan.FromSeconds(300)),
            new(typeof(ProviderFileTick), TimeSpan.FromSeconds(600)),
        };
        ticks.ForEach(tick => services.AddSingleton(tick.Type));
        return ticks;
    }

    private Type Type => type;

    public void Start(IServiceProvider services, SimProcess process, History history)
    {
        var tick = (IJob)services.GetRequiredService(type);
        process.In(history.Scheduler.Between(TimeSpan.Zero, interval), Look);

        void Look()
        {
            process.In(history.Scheduler.Between(interval * 0.5, interval * 1.5), Look);
            if (_run.IsCompleted && !_isStopped)
            {
                _run = RunAsync(tick, process, history);
            }
        }
    }

    /// <summary>As the schedule does at the end: nothing begins any more, what runs is waited for.</summary>
    public Task StopAsync()
    {
        _isStopped = true;
        return _run;
    }

    private static async Task RunAsync(IJob tick, SimProcess process, History history)
    {
        try
        {
            await tick.Execute(null!, CancellationToken.None);
        }
        catch (Exception surprise)
        {
            history.Surprise($"{process.Name} {tick.GetType().Name}: {surprise}");
        }
    }
}
