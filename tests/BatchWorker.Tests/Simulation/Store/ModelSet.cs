namespace BatchWorker.Tests.Simulation.Store;

/// <summary>A sorted set of the model: by score, then by the bytes of the member.</summary>
internal sealed class ModelSet
{
    private readonly Dictionary<string, double> _scores = new(StringComparer.Ordinal);
    private readonly SortedSet<(double Score, string Member)> _order = new(Comparer<(double Score, string Member)>.Create(
        (a, b) => a.Score != b.Score ? a.Score.CompareTo(b.Score) : string.CompareOrdinal(a.Member, b.Member)));

    public int Count => _scores.Count;

    /// <summary>Members with their scores, in order.</summary>
    public IEnumerable<(double Score, string Member)> Order => _order;

    public bool Has(string member) => _scores.ContainsKey(member);

    public double? ScoreOf(string member) => _scores.TryGetValue(member, out var score) ? score : null;

    /// <summary>Whether it is new.</summary>
    public bool Add(string member, double score)
    {
        var isNew = !Remove(member);
        _scores[member] = score;
        _order.Add((score, member));
        return isNew;
    }

    public bool Remove(string member) => _scores.Remove(member, out var score) && _order.Remove((score, member));
}
