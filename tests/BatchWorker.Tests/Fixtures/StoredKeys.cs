using System.Globalization;
using System.Text.Json;
using StackExchange.Redis;

namespace BatchWorker.Tests.Fixtures;

/// <summary>The keys of a namespace as a file, one a line: name behind the namespace, type, and the values in base64. Plain commands put them into any store.</summary>
internal static class StoredKeys
{
    private const int AtOnce = 500;

    /// <summary>Writes every key of a namespace; on a redis-server only, which may be walked.</summary>
    public static async Task WriteAsync(IConnectionMultiplexer connection, string ns, string path)
    {
        var prefix = "{" + ns + "}:";
        var lines = new List<string>();
        await foreach (var key in connection.GetServers()[0].KeysAsync(pattern: prefix + "*"))
        {
            var (type, values) = await ReadAsync(connection.GetDatabase(), key);
            lines.Add(JsonSerializer.Serialize(new Line(((string)key!)[prefix.Length..], type, [.. values.Select(value => Convert.ToBase64String((byte[])value!))])));
        }
        await File.WriteAllLinesAsync(path, lines.Order(StringComparer.Ordinal));
    }

    /// <summary>Puts the keys of a file into a namespace that nothing has used.</summary>
    public static async Task LoadAsync(IDatabase database, string ns, string path)
    {
        await foreach (var text in File.ReadLinesAsync(path))
        {
            var line = JsonSerializer.Deserialize<Line>(text)!;
            var values = line.Values.Select(value => (RedisValue)Convert.FromBase64String(value)).ToArray();
            await WriteAsync(database, "{" + ns + "}:" + line.Key, line.Type, values);
        }
    }

    private static async Task<(RedisType Type, IEnumerable<RedisValue> Values)> ReadAsync(IDatabase database, RedisKey key)
    {
        var type = await database.KeyTypeAsync(key);
        return (type, type switch
        {
            RedisType.Hash => (await database.HashGetAllAsync(key)).OrderBy(field => field.Name).SelectMany(field => new[] { field.Name, field.Value }),
            RedisType.SortedSet => (await database.SortedSetRangeByRankWithScoresAsync(key)).SelectMany(entry => new RedisValue[] { entry.Element, entry.Score.ToString("R", CultureInfo.InvariantCulture) }),
            RedisType.String => [await database.StringGetAsync(key)],
            _ => throw new NotSupportedException($"{key} is a {type}."),
        });
    }

    private static async Task WriteAsync(IDatabase database, RedisKey key, RedisType type, RedisValue[] values)
    {
        var pairs = values.Chunk(2).Where(pair => pair.Length == 2);
        switch (type)
        {
            case RedisType.Hash:
                await database.HashSetAsync(key, [.. pairs.Select(pair => new HashEntry(pair[0], pair[1]))]);
                break;
            case RedisType.SortedSet:
                foreach (var part in pairs.Chunk(AtOnce))
                {
                    await database.SortedSetAddAsync(key, [.. part.Select(pair => new SortedSetEntry(pair[0], double.Parse((string)pair[1]!, CultureInfo.InvariantCulture)))]);
                }
                break;
            default:
                await database.StringSetAsync(key, values[0]);
                break;
        }
    }

    private sealed record Line(string Key, RedisType Type, string[] Values);
}
