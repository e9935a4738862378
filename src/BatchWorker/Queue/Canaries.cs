using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// A key that is never taken away, and a member in every sorted set that is never taken out: when one of them is missing, the store has
/// dropped what it was given. The key is a hash of the sorted sets that have their member.
/// </summary>
/// <remarks>For the embedded store, which is used by one process alone; set up wrongly it would drop its oldest pages and answer OK.</remarks>
internal sealed class Canaries(LedgerStore store, Lanes lanes)
{
    /// <summary>Scores up to this one are in use; the canaries sit above.</summary>
    public const double LargestScore = double.MaxValue;

    private const string Member = "canary";
    private const string Planted = "1";
    private const int AtOnce = 250;
    private readonly HashSet<string> _planted = [];

    private RedisKeys Keys => store.Keys;

    /// <summary>Reads which canaries there must be. False when jobs were accepted but no canary is known.</summary>
    public async Task<bool> BeginAsync()
    {
        foreach (var set in await store.Database.HashKeysAsync(Keys.Canaries))
        {
            _planted.Add(set!);
        }
        return _planted.Count > 0 || !await store.Database.HashExistsAsync(Keys.Meta, LedgerFields.Sequence);
    }

    /// <summary>Plants those of new lanes, then looks for all. Answers the key where one is missing; null when all are there.</summary>
    public async Task<string?> FindMissingAsync()
    {
        var sets = Keys.SortedSets.Concat((await lanes.AllAsync()).SelectMany(lane => Keys.SortedSetsOf(lane.Key)));
        foreach (var fresh in sets.Select(set => (string)set!).Where(set => !_planted.Contains(set)).Chunk(AtOnce))
        {
            await PlantAsync(fresh);
        }
        var planted = _planted.ToArray();
        var kept = await store.Database.HashLengthAsync(Keys.Canaries);
        var scores = await Task.WhenAll(planted.Select(set => store.Database.SortedSetScoreAsync(set, Member)));
        var missing = Array.IndexOf(scores, null);
        return missing >= 0 ? planted[missing] : kept == planted.Length ? null : (string)Keys.Canaries!;
    }

    /// <summary>The member first: a canary that is known must have been there.</summary>
    private async Task PlantAsync(string[] sets)
    {
        var plant = store.Begin();
        foreach (var set in sets)
        {
            plant.Write("ZADD", set, "+inf", Member);
        }
        await plant.Write("HSET", Keys.Canaries, [.. sets.SelectMany(set => new RedisValue[] { set, Planted })]).CommitAsync();
        _planted.UnionWith(sets);
    }
}
