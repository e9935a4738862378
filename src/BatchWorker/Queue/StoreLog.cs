using System.Globalization;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>The log of a store in this process: every write since the last checkpoint.</summary>
internal sealed class StoreLog(IDatabase database)
{
    private const string Begin = "BeginAddress";
    private const string Tail = "TailAddress";

    /// <summary>Bytes that the next start has to go through.</summary>
    public async Task<long> SizeAsync()
    {
        var facts = ((string)(await database.ExecuteAsync("INFO", "PERSISTENCE"))!).Split("\r\n")
            .Select(line => line.Split(':', 2)).Where(fact => fact.Length == 2).ToDictionary(fact => fact[0], fact => fact[1]);
        return AddressOf(Tail) - AddressOf(Begin);

        long AddressOf(string name) => long.Parse(facts[name], CultureInfo.InvariantCulture);
    }

    /// <summary>Ends when everything that was written before is durable.</summary>
    public Task CommitAsync() => database.ExecuteAsync("COMMITAOF");

    /// <summary>Puts everything into a checkpoint and drops the log before it; ends when that is done.</summary>
    public Task CheckpointAsync() => database.ExecuteAsync("SAVE");

    /// <summary>The same beside other work. False when one is being taken already.</summary>
    public async Task<bool> BeginCheckpointAsync()
    {
        try
        {
            await database.ExecuteAsync("BGSAVE");
            return true;
        }
        catch (RedisServerException refused) when (refused.Message.Contains("already in progress", StringComparison.Ordinal))
        {
            return false;
        }
    }
}
