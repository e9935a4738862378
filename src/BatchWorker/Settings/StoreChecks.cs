using StackExchange.Redis;

namespace BatchWorker.Settings;

/// <summary>Looks at the store before it is trusted with jobs.</summary>
internal static class StoreChecks
{
    private static readonly TimeSpan s_skewToWarn = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_skewToRefuse = TimeSpan.FromSeconds(30);
    private static readonly Version s_oldest = new(7, 0);

    /// <summary>The embedded store is as we made it; a Redis may be anything.</summary>
    public static Task RunAsync(OpenStore store, DaemonSettings settings, TimeProvider time, ILogger logger)
    {
        if (!store.IsEmbedded)
        {
            return RunAsync(store.Connection, time, logger);
        }
        Log.EmbeddedStore(logger, settings.StoreDirectory);
        return Task.CompletedTask;
    }

    private static async Task RunAsync(IConnectionMultiplexer connection, TimeProvider time, ILogger logger)
    {
        try
        {
            var server = connection.GetServers().FirstOrDefault(server => server.IsConnected && !server.IsReplica)
                ?? throw new StartRefusal(StartRefusal.Unavailable, "REDIS_URL: the store does not answer.");
            if (server.Version < s_oldest)
            {
                Log.OldStore(logger, server.Version);
            }
            await CheckClockAsync(server, time, logger);
            await CheckConfigurationAsync(server, logger);
        }
        catch (Exception away) when (away is RedisException or TimeoutException)
        {
            throw new StartRefusal(StartRefusal.Unavailable, "REDIS_URL: the store does not answer as a Redis does.");
        }
    }

    private static async Task CheckClockAsync(IServer server, TimeProvider time, ILogger logger)
    {
        var skew = (time.GetUtcNow() - new DateTimeOffset(await server.TimeAsync(), TimeSpan.Zero)).Duration();
        if (skew > s_skewToRefuse)
        {
            throw StartRefusal.Of(RedisUrl.Variable, "its clock is more than 30 s away from ours.");
        }
        if (skew > s_skewToWarn)
        {
            Log.ClockSkew(logger, skew.TotalSeconds);
        }
    }

    /// <summary>Asked by INFO, which managed services answer where they refuse CONFIG; some leave lines out.</summary>
    private static async Task CheckConfigurationAsync(IServer server, ILogger logger)
    {
        var facts = (await server.InfoAsync()).SelectMany(section => section).GroupBy(fact => fact.Key).ToDictionary(fact => fact.Key, fact => fact.First().Value);
        if (!facts.TryGetValue("maxmemory_policy", out var policy))
        {
            Log.PolicyUnknown(logger);
        }
        else if (policy != "noeviction")
        {
            throw StartRefusal.Of(RedisUrl.Variable, $"its maxmemory-policy is {policy}, which drops jobs; noeviction is required.");
        }
        if (facts.GetValueOrDefault("aof_enabled") == "0")
        {
            Log.NoAppendOnlyFile(logger);
        }
    }
}
