namespace BatchWorker.Tests.Simulation;

/// <summary>What was visited, and how often.</summary>
internal sealed class Coverage
{
    private readonly SortedDictionary<string, int> _visits = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, int> Visits => _visits;

    public void Visit(string place) => _visits[place] = _visits.GetValueOrDefault(place) + 1;

    public void Add(Coverage other)
    {
        foreach (var (place, visits) in other._visits)
        {
            _visits[place] = _visits.GetValueOrDefault(place) + visits;
        }
    }
}
