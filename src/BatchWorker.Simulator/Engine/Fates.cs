namespace BatchWorker.Simulator.Engine;

/// <summary>The fates that tests have set, and how often each has struck.</summary>
internal sealed class Fates
{
    private readonly Lock _gate = new();
    private readonly List<ItemFate> _items = [];
    private readonly List<(BatchFate Fate, int Left)> _batches = [];
    private readonly List<(LineMutation Mutation, int Left)> _mutations = [];
    private readonly Dictionary<(int Fate, string CustomId), int> _struck = [];

    public void Add(ItemFate fate)
    {
        lock (_gate)
        {
            _items.Add(fate);
        }
    }

    public void Add(BatchFate fate)
    {
        lock (_gate)
        {
            _batches.Add((fate, fate.Count));
        }
    }

    public void Add(LineMutation mutation)
    {
        lock (_gate)
        {
            _mutations.Add((mutation, mutation.Count));
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _items.Clear();
            _batches.Clear();
            _mutations.Clear();
            _struck.Clear();
        }
    }

    /// <summary>The fate of a request at the validation or when it runs; null for a good one. It counts as struck.</summary>
    public ItemFate? Strike(string customId, IReadOnlyList<string> marks, bool validation)
    {
        lock (_gate)
        {
            for (var i = 0; i < _items.Count; i++)
            {
                var fate = _items[i];
                var struck = _struck.GetValueOrDefault((i, customId));
                if (fate.Validation == validation && (fate.Tries is null || struck < fate.Tries) && fate.Matches(customId, marks))
                {
                    _struck[(i, customId)] = struck + 1;
                    return fate;
                }
            }
            return null;
        }
    }

    /// <summary>The fate of a new batch; null for a good one.</summary>
    public BatchFate? StrikeBatch(string model)
    {
        lock (_gate)
        {
            var i = _batches.FindIndex(known => known.Left > 0 && (known.Fate.Model is null || known.Fate.Model == model));
            if (i < 0)
            {
                return null;
            }
            _batches[i] = (_batches[i].Fate, _batches[i].Left - 1);
            return _batches[i].Fate;
        }
    }

    /// <summary>What happens to the result lines of a batch.</summary>
    public IReadOnlyList<LineMutation> StrikeLines()
    {
        lock (_gate)
        {
            var struck = new List<LineMutation>();
            for (var i = 0; i < _mutations.Count; i++)
            {
                if (_mutations[i].Left > 0)
                {
                    struck.Add(_mutations[i].Mutation);
                    _mutations[i] = (_mutations[i].Mutation, _mutations[i].Left - 1);
                }
            }
            return struck;
        }
    }
}
