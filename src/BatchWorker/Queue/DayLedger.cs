using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>What the books say of a lane and a UTC day.</summary>
/// <param name="Date">The day.</param>
/// <param name="Lane">The lane.</param>
/// <param name="Accepted">Jobs accepted on that day.</param>
/// <param name="Sum">What its batches did on that day.</param>
internal sealed record LaneDay(DateOnly Date, Lane Lane, long Accepted, DayTotals Sum)
{
    /// <summary>Jobs that an operator cancelled.</summary>
    public long CancelledByHand { get; init; }

    /// <summary>Jobs that failed by their deadline.</summary>
    public long Overdue { get; init; }

    /// <summary>Jobs that an operator queued again.</summary>
    public long RetriedByHand { get; init; }

    public long Succeeded => Sum.Succeeded;

    public long Failed => Sum.JobsFailed + Overdue;

    public long Cancelled => Sum.JobsCancelled + CancelledByHand;

    public long Retried => Sum.Requeued + RetriedByHand;
}

/// <summary>What was spent on a UTC day in a lane.</summary>
/// <param name="Date">The day.</param>
/// <param name="LaneNumber">Number of the lane.</param>
/// <param name="Lane">The lane.</param>
/// <param name="Sum">What its batches did on that day.</param>
/// <param name="Values">What that cost by values of metadata.</param>
internal sealed record SpentPage(DateOnly Date, int LaneNumber, Lane Lane, DayTotals Sum, ValueSums Values);

/// <summary>Reads the books: one page for each day and lane, found by an index, whether or not any of their jobs is still kept.</summary>
internal sealed class DayLedger(LedgerStore store, Lanes lanes, Acceptances acceptances)
{
    private static readonly int s_epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>Today in UTC.</summary>
    public DateOnly Today => DateOnly.FromDateTime(store.Now.UtcDateTime);

    /// <summary>The pages of some days, or of all, by day.</summary>
    public async Task<IReadOnlyList<LaneDay>> ReadAsync(DateOnly? from = null, DateOnly? to = null)
    {
        await acceptances.CatchUpAsync();
        var pages = await PagesAsync(from, to);
        var accepted = acceptances.ReadAsync(pages);
        var days = await Task.WhenAll(pages.Select(ReadPageAsync));
        return [.. days.Zip(await accepted, (day, jobs) => day with { Accepted = jobs })];
    }

    /// <summary>Costs by the values of the configured metadata keys over some days.</summary>
    public async Task<ValueSums> ReadValuesAsync(DateOnly from, DateOnly to)
    {
        if (store.Options.CostKeys.Count == 0)
        {
            return ValueSums.None;
        }
        var pages = await PagesAsync(from, to);
        var stored = await Task.WhenAll(pages.Select(page => store.Database.HashGetAsync(store.Keys.Day(page.Day, page.Lane), LedgerFields.SumByValue)));
        return stored.Aggregate(ValueSums.None, (sum, values) => sum.Plus(ValueSums.Unpack(values)));
    }

    /// <summary>What was spent, by day and lane; nothing is counted for it, so nothing is written.</summary>
    public async Task<IReadOnlyList<SpentPage>> ReadSpentAsync(DateOnly from, DateOnly to) => await Task.WhenAll((await PagesAsync(from, to)).Select(ReadSpentAsync));

    private async Task<SpentPage> ReadSpentAsync((long Day, int Lane) page)
    {
        var fields = await store.Database.HashGetAsync(store.Keys.Day(page.Day, page.Lane), [LedgerFields.Sum, LedgerFields.SumByValue]);
        return new SpentPage(DateOnly.FromDayNumber((int)page.Day + s_epoch), page.Lane, await lanes.LaneOfAsync(page.Lane), DayTotals.Unpack(fields[0]), ValueSums.Unpack(fields[1]));
    }

    private async Task<(long Day, int Lane)[]> PagesAsync(DateOnly? from, DateOnly? to)
    {
        var names = await store.Database.SortedSetRangeByScoreAsync(
            store.Keys.Days, from is { } first ? first.DayNumber - s_epoch : double.NegativeInfinity, to is { } last ? last.DayNumber - s_epoch : Canaries.LargestScore);
        return Array.ConvertAll(names, name => PageName.Parse(name!));
    }

    private async Task<LaneDay> ReadPageAsync((long Day, int Lane) page)
    {
        var fields = await store.Database.HashGetAsync(store.Keys.Day(page.Day, page.Lane), [LedgerFields.Sum, LedgerFields.Cancelled, LedgerFields.Overdue, LedgerFields.Retried]);
        return new LaneDay(DateOnly.FromDayNumber((int)page.Day + s_epoch), await lanes.LaneOfAsync(page.Lane), 0, DayTotals.Unpack(fields[0]))
        {
            CancelledByHand = (long)fields[1],
            Overdue = (long)fields[2],
            RetriedByHand = (long)fields[3],
        };
    }
}
