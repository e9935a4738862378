using System.Reflection;
using StackExchange.Redis;

namespace BatchWorker.Tests.Simulation.Store;

/// <summary>One call of the client library.</summary>
internal sealed record StoreCall(MethodInfo Method, object?[] Arguments)
{
    public string Name => Method.Name;

    /// <summary>Whether it is a script; scripts are whole or cut off.</summary>
    public bool IsScript => Name == "ScriptEvaluateAsync";

    /// <summary>Which script it is; null for a command.</summary>
    public string? Script => IsScript ? ModelScripts.NameOf((string)Arguments[0]!) : null;

    /// <summary>Whether a script is given a key with this in its name.</summary>
    public bool Touches(string part) => IsScript && ((RedisKey[])Arguments[1]!).Any(key => ((string)key!).Contains(part, StringComparison.Ordinal));

    public string Text(int place) => Bytes.Of((RedisValue)Arguments[place]!);

    /// <summary>What it is about, without anything that chance made outside the seed.</summary>
    public override string ToString() =>
        IsScript ? $"{Script} {(Arguments[1] as RedisKey[])?[^1]}" : $"{Name} {(Arguments.Length > 0 && Arguments[0] is RedisKey key ? (string?)key : "")}";
}
