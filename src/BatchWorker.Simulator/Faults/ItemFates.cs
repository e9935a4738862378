using BatchWorker.Simulator.Answers;

namespace BatchWorker.Simulator.Faults;

/// <summary>Which requests are meant to fail. Called inside the agenda's gate, except for the rules themselves.</summary>
internal sealed class ItemFates
{
    private readonly Dictionary<(ItemFate Fate, ulong Item), int> _tries = [];
    private volatile ItemFate[] _fates = [];

    public IReadOnlyList<ItemFate> All => _fates;

    public void Add(ItemFate fate) => _fates = [.. _fates, fate];

    public void Clear()
    {
        _fates = [];
        _tries.Clear();
    }

    /// <summary>The fate of a request that begins to run; counts the try.</summary>
    public ItemFate? Run(string provider, string customId, ReadOnlySpan<byte> body) => Find(provider, customId, body, validation: false);

    /// <summary>The fate of a line under validation; counts the try.</summary>
    public ItemFate? Validate(string provider, string customId, ReadOnlySpan<byte> body) => Find(provider, customId, body, validation: true);

    private ItemFate? Find(string provider, string customId, ReadOnlySpan<byte> body, bool validation)
    {
        foreach (var fate in _fates)
        {
            if (fate.Validation == validation && Fits(fate, provider, customId, body) && HasTriesLeft(fate, customId))
            {
                return fate;
            }
        }
        return null;
    }

    private static bool Fits(ItemFate fate, string provider, string customId, ReadOnlySpan<byte> body) =>
        (fate.Provider is null || fate.Provider == provider)
        && (fate.CustomId is null || fate.CustomId == customId)
        && (fate.Mark is null || Marks.In(body).Contains(fate.Mark))
        && (fate.Percent is null || Fingerprint.Of($"{fate.Seed}/{customId}").Bits % 10_000 < fate.Percent * 100);

    private bool HasTriesLeft(ItemFate fate, string customId)
    {
        if (fate.Tries is null)
        {
            return true;
        }
        var key = (fate, Fingerprint.Of(customId).Bits);
        var tried = _tries.GetValueOrDefault(key);
        _tries[key] = tried + 1;
        return tried < fate.Tries;
    }
}
