using System.Globalization;
using BatchWorker.Simulator.Engine;

namespace BatchWorker.Simulator.Faults;

/// <summary>The faults that tests have set, and how often each has matched and struck.</summary>
internal sealed class FaultPlan
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    public void Add(FaultRule rule)
    {
        lock (_gate)
        {
            _entries.Add(new Entry(rule));
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }

    /// <summary>What is done to a request; null for nothing.</summary>
    public FaultAction? Strike(string method, string provider, string path)
    {
        lock (_gate)
        {
            return _entries.FirstOrDefault(entry => entry.Rule.Covers(method, provider, path) && entry.Strikes())?.Rule.Action;
        }
    }

    private sealed class Entry(FaultRule rule)
    {
        private int _matched;
        private int _struck;

        public FaultRule Rule => rule;

        public bool Strikes()
        {
            _matched++;
            var chosen = rule.Probability >= 1
                || StableHash.Of(string.Create(CultureInfo.InvariantCulture, $"{rule.Seed}/{_matched}")) % 10_000 < rule.Probability * 10_000;
            if (!chosen || _matched <= rule.After || (rule.Nth is { } nth && _matched != nth) || _struck >= (rule.Count ?? int.MaxValue))
            {
                return false;
            }
            _struck++;
            return true;
        }
    }
}
