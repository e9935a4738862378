using StackExchange.Redis;

namespace BatchWorker.Tests.Simulation.Store;

/// <summary>The way from a process to the store. A call may be lost before it is done or its answer after; a process that dies leaves calls on their way.</summary>
internal sealed class StoreLink(SimProcess process, StoreServer server, Scheduler scheduler, StoreFaults faults)
{
    public IConnectionMultiplexer Connect() => DatabaseProxy.Connect(Send);

    private Task Send(StoreCall call)
    {
        var pending = Pending.For(call.Method);
        faults.MayFreeze(process, call);
        scheduler.In(faults.Latency(), () => Arrive(call, pending));
        return pending.Task;
    }

    private void Arrive(StoreCall call, Pending pending)
    {
        var plan = call.IsScript ? server.PlanOf(call) : null;
        var fate = faults.FateOf(process, call, plan?.Writes.Count ?? 0);
        faults.Trace(fate.Kind == StoreFateKind.Done ? $"{process.Name} {call}" : $"{process.Name} {call} {fate}");
        if (plan is not null && fate.Kind != StoreFateKind.LostBefore)
        {
            faults.WillWrite(process, plan);
        }
        switch (fate.Kind)
        {
            case StoreFateKind.LostBefore:
                process.In(faults.Latency(), () => pending.Fail(faults.Failure()));
                break;
            case StoreFateKind.CutOff:
                faults.WasCutOff(process, server.CutOff(call, fate.Writes));
                break;
            case StoreFateKind.LostAfter:
                server.Execute(call);
                process.In(faults.Latency(), () => pending.Fail(faults.Failure()));
                break;
            default:
                var answer = server.Execute(call);
                process.In(faults.Latency(), () => pending.Answer(answer));
                break;
        }
    }
}
