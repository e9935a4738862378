using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Which batches a list shows; null members show all.</summary>
internal sealed record BatchFilter
{
    /// <summary>Whether they have not ended.</summary>
    public bool? Active { get; init; }

    public IReadOnlySet<BatchState>? States { get; init; }

    public IReadOnlySet<Provider>? Providers { get; init; }

    public bool Matches(BatchRecord batch) =>
        (Active is null || Active == !batch.State.HasEnded())
        && States?.Contains(batch.State) != false
        && Providers?.Contains(batch.Lane.Provider) != false;
}

/// <summary>Lists batches from the newest down.</summary>
internal sealed class BatchLists(LedgerStore store, BatchLedger batches)
{
    private const int MostRead = 1000;

    /// <summary>Batches with numbers below one; the second value is where the list goes on, null at its end.</summary>
    public async Task<(IReadOnlyList<OwnedBatch> Batches, long? Next)> PageAsync(BatchFilter filter, long below, int limit)
    {
        var index = filter.Active == true ? store.Keys.OpenBatches : store.Keys.Batches;
        var numbers = await store.Database.SortedSetRangeByScoreAsync(index, stop: below, exclude: Exclude.Stop, order: Order.Descending, take: MostRead);
        var found = new List<OwnedBatch>();
        foreach (var number in numbers)
        {
            if (await batches.ReadAsync((long)number) is { } batch && filter.Matches(batch.Record))
            {
                found.Add(batch);
            }
            if (found.Count == limit)
            {
                return (found, (long)number);
            }
        }
        return (found, numbers.Length < MostRead ? null : (long)numbers[^1]);
    }
}
