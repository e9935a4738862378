using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Tells failures of the store from failures of ours.</summary>
internal static class StoreFailures
{
    /// <summary>The store does not answer or can not be reached; what was asked may or may not have happened.</summary>
    public static bool IsAway(Exception failure) =>
        failure is StoreLostException or RedisConnectionException or RedisTimeoutException or TimeoutException
        || (failure is RedisServerException server && (server.Message.StartsWith("LOADING", StringComparison.Ordinal) || server.Message.StartsWith("READONLY", StringComparison.Ordinal)));

    /// <summary>The store has no memory left.</summary>
    public static bool IsFull(Exception failure) =>
        failure is RedisServerException server && server.Message.Contains("OOM", StringComparison.Ordinal);
}
