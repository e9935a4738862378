using StackExchange.Redis;

namespace BatchWorker.Tests.Simulation.Store;

internal enum StoreFateKind
{
    Done,

    /// <summary>Not done, and the caller gets a failure.</summary>
    LostBefore,

    /// <summary>Done, and the caller gets a failure.</summary>
    LostAfter,

    /// <summary>The store dies inside the script, and with it the process that it is in.</summary>
    CutOff,
}

/// <summary>What becomes of a call.</summary>
/// <param name="Kind">Whether it is done.</param>
/// <param name="Writes">Writes that are done of a script that is cut off.</param>
internal readonly record struct StoreFate(StoreFateKind Kind, int Writes = 0);

/// <summary>Decides by the seed what becomes of calls to the store.</summary>
internal sealed class StoreFaults(History history)
{
    private Scheduler Scheduler => history.Scheduler;

    public TimeSpan Latency() => Scheduler.Roll(0.02)
        ? Scheduler.Between(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(3))
        : Scheduler.Between(TimeSpan.FromMilliseconds(0.1), TimeSpan.FromMilliseconds(2));

    public StoreFate FateOf(SimProcess process, StoreCall call, int writes)
    {
        if (history.LosesAnswerTo?.Invoke(call) == true)
        {
            return new StoreFate(StoreFateKind.LostAfter);
        }
        if (!process.IsAlive)
        {
            return new StoreFate(Scheduler.Roll(0.5) ? StoreFateKind.Done : StoreFateKind.LostBefore);
        }
        if (!history.HasFaults)
        {
            return default;
        }
        if (history.StoreIsAway)
        {
            return new StoreFate(StoreFateKind.LostBefore);
        }
        if (writes > 1 && Scheduler.Roll(history.Plan.CutOffs * (call.Script == "enqueue" ? 5 : 1)))
        {
            return new StoreFate(StoreFateKind.CutOff, Scheduler.Chance.Next(1, writes));
        }
        return new StoreFate(!Scheduler.Roll(history.Plan.StoreLosses) ? StoreFateKind.Done : Scheduler.Roll(0.5) ? StoreFateKind.LostBefore : StoreFateKind.LostAfter);
    }

    /// <summary>A process stands still most badly while an answer is on its way to it: what it knew is old when it goes on.</summary>
    public void MayFreeze(SimProcess process, StoreCall call) => history.Adversary.MayFreeze(process, call.Script == "lease" ? 0.005 : 0.0002);

    public void WillWrite(SimProcess process, ScriptPlan plan) => history.WillWrite(process, plan);

    public Exception Failure() => Scheduler.Roll(0.5)
        ? new RedisConnectionException(ConnectionFailureType.SocketFailure, CommandFlags.None, "The simulated connection broke.", null, CommandStatus.Unknown)
        : new RedisTimeoutException(CommandFlags.None, "The simulated store did not answer in time.", CommandStatus.Sent);

    public void WasCutOff(SimProcess process, ScriptPlan plan) => history.WasCutOff(process, plan);

    public void Trace(string line) => history.Trace.Add(line);
}
