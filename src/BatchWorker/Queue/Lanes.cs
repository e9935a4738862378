using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>The lanes that ever held a job, by number.</summary>
internal sealed class Lanes(LedgerStore store)
{
    private const char Separator = '\n';
    private readonly Words _words = new(store, "lane", store.Options.MaxLanes);

    /// <summary>The number of a lane; null when there are too many lanes.</summary>
    public Task<int?> NumberOfAsync(Lane lane) =>
        _words.NumberOfAsync(string.Join(Separator, lane.Provider.Wire(), lane.Endpoint, lane.Model, lane.JobType));

    public async Task<Lane> LaneOfAsync(int number) => Parse(await _words.WordOfAsync(number));

    public async Task<IReadOnlyList<KeyValuePair<int, Lane>>> AllAsync() =>
        [.. (await _words.AllAsync()).Select(word => KeyValuePair.Create(word.Key, Parse(word.Value)))];

    private static Lane Parse(string word)
    {
        var parts = word.Split(Separator);
        return ProviderNames.TryParse(parts[0], out var provider)
            ? new Lane(provider, parts[1], parts[2], parts[3])
            : throw new InvalidDataException($"The ledger has a lane of an unknown provider: {parts[0]}.");
    }
}
