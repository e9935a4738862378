namespace BatchWorker.Simulator.Ledger;

/// <summary>How many of something there were, and the first of them.</summary>
internal sealed class Sightings
{
    private const int SampleSize = 20;
    private readonly List<string> _sample = [];

    public int Count { get; private set; }

    /// <summary>The first 20.</summary>
    public IReadOnlyList<string> Sample => _sample;

    public void Add(string what)
    {
        Count++;
        if (_sample.Count < SampleSize)
        {
            _sample.Add(what);
        }
    }

    public void Clear()
    {
        Count = 0;
        _sample.Clear();
    }
}
