using System.Reflection;
using StackExchange.Redis;

namespace BatchWorker.Tests.Simulation.Store;

/// <summary>One call of the client library.</summary>
internal sealed record StoreCall(MethodInfo Method, object?[] Arguments)
{
    public string Name => Method.Name;

    /// <summary>Whether it is a script; scripts are whole or cut off.</summary>
    public bool IsScript => Name == "ScriptEvaluateAsync";

    public string Text(int place) => Bytes.Of((RedisValue)Arguments[place]!);

    /// <summary>What it is about, without anything that chance made outside the seed.</summary>
    public override string ToString() =>
        IsScript ? $"{ModelScripts.NameOf((string)Arguments[0]!)} {(Arguments[1] as RedisKey[])?[^1]}" : $"{Name} {(Arguments.Length > 0 && Arguments[0] is RedisKey key ? (string?)key : "")}";
}
