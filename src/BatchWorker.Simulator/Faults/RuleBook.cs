namespace BatchWorker.Simulator.Faults;

/// <summary>Rules of one kind in the order they were given; the first that applies wins, and those behind it do not count the occasion.</summary>
internal sealed class RuleBook<T>
    where T : Occasion
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];

    public void Add(T rule)
    {
        lock (_lock)
        {
            _entries.Add(new Entry(rule));
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
        }
    }

    /// <summary>Every rule with how often it fitted and applied.</summary>
    public IReadOnlyList<RuleUse<T>> All()
    {
        lock (_lock)
        {
            return [.. _entries.Select(entry => new RuleUse<T>(entry.Rule, entry.Fitted, entry.Applied))];
        }
    }

    public T? Take(Predicate<T> fits)
    {
        lock (_lock)
        {
            return _entries.Find(entry => fits(entry.Rule) && entry.Applies())?.Rule;
        }
    }

    private sealed class Entry(T rule)
    {
        private readonly Random _chance = new(rule.Seed);

        public T Rule => rule;

        public int Fitted { get; private set; }

        public int Applied { get; private set; }

        public bool Applies()
        {
            Fitted++;
            var applies = Fitted > rule.After
                && (rule.Nth is null || Fitted == rule.Nth)
                && (rule.Count is null || Applied < rule.Count)
                && (rule.Probability is null || _chance.NextDouble() < rule.Probability);
            Applied += applies ? 1 : 0;
            return applies;
        }
    }
}

/// <summary>A rule and its history.</summary>
internal sealed record RuleUse<T>(T Rule, int Fitted, int Applied);
