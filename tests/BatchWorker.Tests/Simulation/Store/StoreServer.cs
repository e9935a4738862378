using StackExchange.Redis;

namespace BatchWorker.Tests.Simulation.Store;

/// <summary>The store of a history: the model, and beside it a real one where that is asked for. Both must always say the same.</summary>
internal sealed class StoreServer
{
    private readonly ModelScripts _scripts;
    private readonly ModelReads _reads;
    private readonly RealTwin? _twin;

    public StoreServer(RealTwin? twin)
    {
        _twin = twin;
        _scripts = new ModelScripts(Model);
        _reads = new ModelReads(Model);
    }

    public ModelStore Model { get; } = new();

    public object? Execute(StoreCall call)
    {
        var answer = call.IsScript ? Run(PlanOf(call)) : _reads.Answer(call);
        _twin?.Compare(call, answer);
        return answer;
    }

    /// <summary>What a script is about to write.</summary>
    public ScriptPlan PlanOf(StoreCall call) => _scripts.Plan((string)call.Arguments[0]!, (RedisKey[])call.Arguments[1]!, (RedisValue[])call.Arguments[2]!);

    /// <summary>Dies inside a script, after so many of its writes; answers what it would have written.</summary>
    public ScriptPlan CutOff(StoreCall call, int writes)
    {
        var plan = PlanOf(call);
        Run(plan with { Writes = [.. plan.Writes.Take(writes)] });
        _twin?.CutOff(call, writes);
        return plan;
    }

    private RedisResult Run(ScriptPlan plan)
    {
        foreach (var write in plan.Writes)
        {
            Model.Write(write.Command, write.Key, write.Arguments);
        }
        return plan.Answer;
    }
}
