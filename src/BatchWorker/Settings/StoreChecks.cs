using StackExchange.Redis;

namespace BatchWorker.Settings;

/// <summary>Looks at the store before it is trusted with jobs.</summary>
internal static class StoreChecks
{
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
        var facts = await StoreFacts.ReadAsync(connection, time);
        if (facts.Refusal is { } refusal)
        {
            throw StartRefusal.Of(RedisUrl.Variable, refusal);
        }
        if (facts.IsOld)
        {
            Log.OldStore(logger, facts.Version);
        }
        if (facts.IsSkewed)
        {
            Log.ClockSkew(logger, facts.Skew.TotalSeconds);
        }
        if (facts.Policy is null)
        {
            Log.PolicyUnknown(logger);
        }
        if (facts.AppendOnly == false)
        {
            Log.NoAppendOnlyFile(logger);
        }
    }
}
