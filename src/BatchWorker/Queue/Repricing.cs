using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>An answer that has got its price.</summary>
internal sealed record Repriced(int Position, long RealtimePico, long BatchPico);

/// <summary>
/// The verb reprice: answers of an ended batch that had no price get one, and the sums of the batch and of its days with them, in one script.
/// The sums are computed anew from the outcomes, so that a correction that was cut off is finished by the next one and none is made twice.
/// </summary>
internal sealed class Repricing(LedgerStore store, BatchLedger batches, JobClaims claims, Settlements settlements)
{
    /// <summary>Answers corrected in one script at most.</summary>
    private const int MostAnswers = 500;
    private readonly DayBook _days = new(store);
    private readonly CostValues _values = new(store);

    private RedisKeys Keys => store.Keys;

    /// <summary>Ended batches with answers without a price, from a number on; the last value is where to go on, null at the end.</summary>
    public async Task<(IReadOnlyList<OwnedBatch> Batches, long? Next)> UnpricedAsync(long from, int most)
    {
        var numbers = await store.Database.SortedSetRangeByScoreAsync(Keys.UnpricedBatches, from, Canaries.LargestScore, take: most);
        var found = await Task.WhenAll(numbers.Select(number => batches.ReadAsync((long)number)));
        return ([.. found.OfType<OwnedBatch>().Where(batch => batch.State.HasEnded())], numbers.Length < most ? null : (long)numbers[^1] + 1);
    }

    /// <summary>Corrects a batch; answers what has got its price. What changed meanwhile is left for the next look.</summary>
    /// <param name="batch">An ended batch.</param>
    /// <param name="priceOf">Pico-USD in real time and paid; null while unknown.</param>
    public async Task<IReadOnlyList<Repriced>> RepriceAsync(OwnedBatch batch, Func<OutcomeRecord, (long Realtime, long Batch)?> priceOf)
    {
        var outcomes = new List<OutcomeRecord?>();
        for (var chunk = 0; chunk < batch.ChunkCount; chunk++)
        {
            outcomes.AddRange(await settlements.OutcomesAsync(batch.Number, chunk));
        }
        var priced = outcomes.Index().Where(outcome => outcome.Item is { IsUnpriced: true })
            .Select(outcome => priceOf(outcome.Item!) is { } price ? new Repriced(outcome.Index, price.Realtime, price.Batch) : null).OfType<Repriced>().ToArray();
        var dayOf = outcomes.OfType<OutcomeRecord>().GroupBy(outcome => outcome.Settlement).ToDictionary(settlement => settlement.Key, settlement => DayBook.DayOf(settlement.Max(outcome => outcome.AtMs)));
        var done = new List<Repriced>();
        foreach (var part in priced.GroupBy(answer => dayOf[outcomes[answer.Position]!.Settlement]).SelectMany(day => day.Chunk(MostAnswers).Select(part => (Day: day.Key, Answers: part))))
        {
            foreach (var answer in part.Answers)
            {
                outcomes[answer.Position] = outcomes[answer.Position]! with { RealtimePico = answer.RealtimePico, BatchPico = answer.BatchPico };
            }
            if (!await WriteAsync(batch, part.Day, part.Answers, outcomes, outcome => dayOf[outcome.Settlement] == part.Day))
            {
                return done;
            }
            done.AddRange(part.Answers);
        }
        await FinishAsync(batch, outcomes, dayOf);
        return done;
    }

    /// <summary>Sums that a correction which was cut off has left behind its outcomes; a batch without open prices is looked at no more.</summary>
    private async Task FinishAsync(OwnedBatch batch, List<OutcomeRecord?> outcomes, Dictionary<int, long> dayOf)
    {
        var total = Money.Of(outcomes.OfType<OutcomeRecord>());
        var isBehind = await batches.ReadAsync(batch.Number) is { } stored && Money.Of(stored.Totals) != total;
        foreach (var day in dayOf.Values.Distinct())
        {
            var page = await _days.OpenAsync(day, batch.Record.LaneNumber, batch.Number);
            var expected = Money.Of(outcomes.OfType<OutcomeRecord>().Where(outcome => dayOf[outcome.Settlement] == day));
            if ((isBehind || expected != Money.Of(page.Own)) && !await WriteAsync(batch, day, [], outcomes, outcome => dayOf[outcome.Settlement] == day))
            {
                return;
            }
        }
        if (await batches.ReadAsync(batch.Number) is { } now && Money.Of(now.Totals) == total && total.Unpriced == 0)
        {
            await store.Begin().Write("ZREM", Keys.UnpricedBatches, batch.Number).CommitAsync();
        }
    }

    private async Task<bool> WriteAsync(OwnedBatch batch, long day, IReadOnlyList<Repriced> answers, List<OutcomeRecord?> outcomes, Func<OutcomeRecord, bool> isOfDay)
    {
        var key = Keys.Batch(batch.Number);
        var before = await store.Database.HashGetAsync(key, [LedgerFields.Settlements, LedgerFields.Totals]);
        var page = await _days.OpenAsync(day, batch.Record.LaneNumber, batch.Number);
        var known = outcomes.OfType<OutcomeRecord>().ToArray();
        var total = Money.Of(known);
        var ofDay = Money.Of(known.Where(isOfDay));
        var change = DayBook.Expect(store.Begin().Expect(key, [LedgerFields.Settlements, LedgerFields.Totals], before), page);
        foreach (var answer in answers)
        {
            change.Write("SETRANGE", Keys.Outcomes(batch.Number, answer.Position / RedisKeys.ChunkSize), answer.Position % RedisKeys.ChunkSize * OutcomeRecord.Size, outcomes[answer.Position]!.Pack());
        }
        var own = page.Own with { Unpriced = ofDay.Unpriced, RealtimePico = ofDay.RealtimePico, BatchPico = ofDay.BatchPico };
        _days.Write(change, page, own, await ValuesAsync(batch, page, answers));
        var totals = BatchTotals.Unpack(before[1]) with { Unpriced = total.Unpriced, RealtimePico = total.RealtimePico, BatchPico = total.BatchPico };
        change.Write("HSET", key, LedgerFields.Totals, totals.Pack());
        return (await change.CommitAsync()).Length == 0;
    }

    /// <summary>The job is counted already; only its money is new.</summary>
    private async Task<ValueSums?> ValuesAsync(OwnedBatch batch, DayPage page, IReadOnlyList<Repriced> answers)
    {
        if (store.Options.CostKeys.Count == 0)
        {
            return null;
        }
        var changes = new List<(long, ValueTotals)>();
        foreach (var chunk in answers.GroupBy(answer => answer.Position / RedisKeys.ChunkSize))
        {
            var manifest = await claims.ManifestAsync(batch.Number, chunk.Key);
            changes.AddRange(chunk.Select(answer => (manifest[answer.Position % RedisKeys.ChunkSize], new ValueTotals(0, -1, answer.RealtimePico, answer.BatchPico))));
        }
        return await _values.AddAsync(page, changes);
    }

    private sealed record Money(int Unpriced, long RealtimePico, long BatchPico)
    {
        public static Money Of(BatchTotals totals) => new(totals.Unpriced, totals.RealtimePico, totals.BatchPico);

        public static Money Of(IEnumerable<OutcomeRecord> outcomes) => outcomes.Aggregate(
            new Money(0, 0, 0), (sum, outcome) => new Money(sum.Unpriced + (outcome.IsUnpriced ? 1 : 0), sum.RealtimePico + (outcome.RealtimePico ?? 0), sum.BatchPico + (outcome.BatchPico ?? 0)));
    }
}
