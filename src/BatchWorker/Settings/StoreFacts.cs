using StackExchange.Redis;

namespace BatchWorker.Settings;

/// <summary>What a Redis says of itself.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Skew">How far its clock is from ours.</param>
/// <param name="Policy">Its eviction policy; null where it does not tell.</param>
/// <param name="AppendOnly">Whether it keeps an append-only file; null where it does not tell.</param>
internal sealed record StoreFacts(Version Version, TimeSpan Skew, string? Policy, bool? AppendOnly)
{
    private static readonly TimeSpan s_skewToWarn = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_skewToRefuse = TimeSpan.FromSeconds(30);
    private static readonly Version s_oldest = new(7, 0);

    /// <summary>Why it can not be used; null when it can.</summary>
    public string? Refusal =>
        Skew > s_skewToRefuse ? "its clock is more than 30 s away from ours."
        : Policy is not null and not "noeviction" ? $"its maxmemory-policy is {Policy}, which drops jobs; noeviction is required."
        : null;

    /// <summary>Whether it is older than what this is tested with.</summary>
    public bool IsOld => Version < s_oldest;

    public bool IsSkewed => Skew > s_skewToWarn;

    /// <summary>Asked by INFO, which managed services answer where they refuse CONFIG; some leave lines out. Refused with exit code 69 when it does not answer.</summary>
    public static async Task<StoreFacts> ReadAsync(IConnectionMultiplexer connection, TimeProvider time)
    {
        try
        {
            var server = connection.GetServers().FirstOrDefault(server => server.IsConnected && !server.IsReplica)
                ?? throw new StartRefusal(StartRefusal.Unavailable, "REDIS_URL: the store does not answer.");
            var skew = (time.GetUtcNow() - new DateTimeOffset(await server.TimeAsync(), TimeSpan.Zero)).Duration();
            var facts = (await server.InfoAsync()).SelectMany(section => section).GroupBy(fact => fact.Key).ToDictionary(fact => fact.Key, fact => fact.First().Value);
            return new StoreFacts(server.Version, skew, facts.GetValueOrDefault("maxmemory_policy"), facts.TryGetValue("aof_enabled", out var kept) ? kept != "0" : null);
        }
        catch (Exception away) when (away is RedisException or TimeoutException)
        {
            throw new StartRefusal(StartRefusal.Unavailable, "REDIS_URL: the store does not answer as a Redis does.");
        }
    }
}
