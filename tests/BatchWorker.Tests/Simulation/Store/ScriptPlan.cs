using StackExchange.Redis;

namespace BatchWorker.Tests.Simulation.Store;

/// <summary>One write of a script.</summary>
internal sealed record ScriptWrite(string Command, string Key, IReadOnlyList<string> Arguments);

/// <summary>What a script will write and answer; all that it reads, it has read. A store that dies inside it has done the first of the writes.</summary>
internal sealed record ScriptPlan(RedisResult Answer, IReadOnlyList<ScriptWrite> Writes)
{
    /// <summary>An answer of several parts.</summary>
    public static RedisResult Parts(IEnumerable<RedisValue> parts) => RedisResult.Create([.. parts.Select(part => RedisResult.Create(part))]);

    public static ScriptPlan Nothing(string answer) => new(RedisResult.Create((RedisValue)answer), []);
}
