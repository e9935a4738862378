using System.Globalization;

namespace BatchWorker.Tests.Simulation.Store;

/// <summary>A Redis in memory, as far as the ledger uses it.</summary>
internal sealed class ModelStore
{
    public Dictionary<string, Dictionary<string, string>> Hashes { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ModelSet> Sets { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Strings { get; } = new(StringComparer.Ordinal);

    /// <summary>Counts writes to what jobs and batches are made of; leases, counters and the times of the next look are not.</summary>
    public long Version { get; private set; }

    /// <summary>Counts changes of ownership.</summary>
    public long Ownerships { get; private set; }

    public string? HashGet(string key, string field) => Hashes.TryGetValue(key, out var hash) && hash.TryGetValue(field, out var value) ? value : null;

    public IEnumerable<(double Score, string Member)> Members(string key) => Sets.TryGetValue(key, out var set) ? set.Order : [];

    public bool IsMember(string key, string member) => Sets.TryGetValue(key, out var set) && set.Has(member);

    /// <summary>A command that writes; the number that Redis answers.</summary>
    public long Write(string command, string key, IReadOnlyList<string> arguments)
    {
        Note(command, key, arguments);
        switch (command)
        {
            case "HSET":
                return Pairs(arguments).Count(pair => HashSet(key, pair.First, pair.Second));
            case "HSETNX":
                return HashGet(key, arguments[0]) is null && HashSet(key, arguments[0], arguments[1]) ? 1 : 0;
            case "HDEL":
                return arguments.Count(field => Hashes.TryGetValue(key, out var hash) && hash.Remove(field));
            case "HINCRBY":
                var number = Number(HashGet(key, arguments[0])) + Number(arguments[1]);
                HashSet(key, arguments[0], Text(number));
                return number;
            case "ZADD" when arguments[0] == "XX":
                return Pairs([.. arguments.Skip(1)]).Count(pair => Update(key, pair.Second, Score(pair.First)));
            case "ZADD":
                return Pairs(arguments).Count(pair => SetOf(key).Add(pair.Second, Score(pair.First)));
            case "ZREM":
                return arguments.Count(member => Sets.TryGetValue(key, out var set) && set.Remove(member));
            case "ZREMRANGEBYSCORE":
                var (least, most) = (Score(arguments[0]), Score(arguments[1]));
                return Members(key).Where(entry => entry.Score >= least && entry.Score <= most).ToArray().Count(entry => Sets[key].Remove(entry.Member));
            case "SET":
                Strings[key] = arguments[0];
                return 1;
            case "SETRANGE":
                Strings[key] = Overwrite(Strings.GetValueOrDefault(key, ""), int.Parse(arguments[0], CultureInfo.InvariantCulture), arguments[1]);
                return Strings[key].Length;
            case "UNLINK":
                return Hashes.Remove(key) | Sets.Remove(key) | Strings.Remove(key) ? 1 : 0;
            case "EXPIRE":
                return 1; // a history is shorter than anything that expires
            default:
                throw new NotSupportedException($"The model does not know {command}.");
        }
    }

    private void Note(string command, string key, IReadOnlyList<string> arguments)
    {
        var name = key.AsSpan(key.IndexOf('}', StringComparison.Ordinal) + 2);
        if (name.StartsWith("B:") && command == "HSET" && arguments[0] == "owner")
        {
            Ownerships++;
        }
        else if ((name.Length > 1 && name[1] == ':' && name[0] is 's' or 'q' or 'd' or 'm' or 'o' or 'B' or 'D') || name is "due" or "dead" or "deadlines")
        {
            Version++;
        }
    }

    public static long Number(string? text) => text is null ? 0 : long.Parse(text, CultureInfo.InvariantCulture);

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static double Score(string text) => text switch
    {
        "+inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private bool HashSet(string key, string field, string value)
    {
        if (!Hashes.TryGetValue(key, out var hash))
        {
            Hashes[key] = hash = new(StringComparer.Ordinal);
        }
        var isNew = !hash.ContainsKey(field);
        hash[field] = value;
        return isNew;
    }

    /// <summary>Redis answers a changed score with 0, the client library counts it: what matters is whether the member was there.</summary>
    private bool Update(string key, string member, double score)
    {
        if (!Sets.TryGetValue(key, out var set) || !set.Has(member))
        {
            return false;
        }
        var changed = set.ScoreOf(member) != score;
        set.Add(member, score);
        return changed;
    }

    private ModelSet SetOf(string key) => Sets.TryGetValue(key, out var set) ? set : Sets[key] = new ModelSet();

    private static string Overwrite(string old, int offset, string value) =>
        old.PadRight(offset, '\0')[..offset] + value + (old.Length > offset + value.Length ? old[(offset + value.Length)..] : "");

    private static IEnumerable<(string First, string Second)> Pairs(IReadOnlyList<string> flat) =>
        Enumerable.Range(0, flat.Count / 2).Select(i => (flat[2 * i], flat[(2 * i) + 1]));
}
