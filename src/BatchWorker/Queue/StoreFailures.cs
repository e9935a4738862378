using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Tells failures of the store from failures of ours.</summary>
internal static class StoreFailures
{
    /// <summary>
    /// Answers of a Redis that serves nobody for a while (redis.io/docs/latest/develop/reference/protocol-spec, and the source of Redis 7):
    /// nothing of what was asked has happened.
    /// </summary>
    private static readonly string[] s_busy = ["LOADING", "READONLY", "BUSY", "MISCONF", "MASTERDOWN", "NOREPLICAS", "CLUSTERDOWN", "TRYAGAIN"];

    /// <summary>The store does not answer or can not be reached; what was asked may or may not have happened.</summary>
    public static bool IsAway(Exception failure) =>
        failure is StoreLostException or RedisConnectionException or RedisTimeoutException or TimeoutException
        || (failure is RedisServerException server && s_busy.Any(word => server.Message.StartsWith(word, StringComparison.Ordinal)));

    /// <summary>The store has no memory left.</summary>
    public static bool IsFull(Exception failure) =>
        failure is RedisServerException server && server.Message.Contains("OOM", StringComparison.Ordinal);

    /// <summary>Nothing can be written down now; it is tried again later.</summary>
    public static bool IsPassing(Exception failure) => IsAway(failure) || IsFull(failure);

    /// <summary>The store does not take our user or password, and will not until somebody changes one of them.</summary>
    public static bool IsRefused(Exception failure) =>
        failure is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure }
        || (failure is RedisServerException server && (server.Message.StartsWith("NOAUTH", StringComparison.Ordinal) || server.Message.StartsWith("WRONGPASS", StringComparison.Ordinal)))
        || (failure.InnerException is { } inner && IsRefused(inner));
}
