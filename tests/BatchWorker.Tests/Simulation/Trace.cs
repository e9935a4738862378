namespace BatchWorker.Tests.Simulation;

/// <summary>What happened, in order; of two runs of a seed the same.</summary>
internal sealed class Trace(Scheduler scheduler, bool keeps)
{
    private readonly List<string> _lines = [];
    private ulong _hash = 14695981039346656037;

    /// <summary>FNV-1a over all lines.</summary>
    public ulong Hash => _hash;

    public int Count { get; private set; }

    public IReadOnlyList<string> Lines => _lines;

    public void Add(string line)
    {
        Count++;
        var timed = $"{scheduler.Now:c} {line}";
        foreach (var c in timed)
        {
            _hash = (_hash ^ c) * 1099511628211;
        }
        if (keeps)
        {
            _lines.Add(timed);
        }
    }
}
