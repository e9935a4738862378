using BatchWorker.Lifecycle;
using BatchWorker.Monitoring;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>Costs of answers in USD. Answers without a known price are counted and in no sum; a sum is null when no answer of it has a price.</summary>
internal record AmountsAnswer(decimal? RealtimeCost, decimal? BatchCost, decimal? Saved, decimal? SavedPercent, long UnpricedJobs)
{
    public static AmountsAnswer Of(Amounts amounts) => new(amounts.Realtime, amounts.Batch, amounts.Saved, amounts.SavedPercent, amounts.Unpriced);

    /// <summary>The same for each name.</summary>
    public static IReadOnlyDictionary<string, AmountsAnswer> By(IEnumerable<LaneDay> days, Func<Lane, string> name) =>
        days.GroupBy(day => name(day.Lane)).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, Amounts: Amounts.Of(group))).Where(group => group.Amounts.Answers > 0)
            .ToDictionary(group => group.Key, group => Of(group.Amounts));
}

/// <summary>What was saved since the books began.</summary>
internal sealed record SavingsAnswer(
    decimal? RealtimeCost, decimal? BatchCost, decimal? Saved, decimal? SavedPercent, long UnpricedJobs,
    IReadOnlyDictionary<string, AmountsAnswer> ByJobType,
    IReadOnlyDictionary<string, AmountsAnswer> ByProvider,
    IReadOnlyDictionary<string, AmountsAnswer> ByModel,
    IReadOnlyList<PricedModelAnswer> Prices)
{
    public static SavingsAnswer Of(IReadOnlyList<LaneDay> days, IReadOnlyList<PricedModel> prices)
    {
        var all = AmountsAnswer.Of(Amounts.Of(days));
        return new SavingsAnswer(
            all.RealtimeCost, all.BatchCost, all.Saved, all.SavedPercent, all.UnpricedJobs,
            AmountsAnswer.By(days, lane => lane.JobType), AmountsAnswer.By(days, lane => lane.Provider.Wire()), AmountsAnswer.By(days, lane => lane.Model),
            [.. prices.Select(PricedModelAnswer.Of)]);
    }
}

/// <summary>Which listed model a model that answered is priced as, with the list that says so and its month; null when no price is known.</summary>
internal sealed record PricedModelAnswer(string Provider, string Model, string? PricedAs, string? Source, string? AsOf, long UnpricedJobs)
{
    public static PricedModelAnswer Of(PricedModel model) =>
        new(model.Provider.Wire(), model.Model, model.PricedAs, model.Source, model.AsOf, model.Unpriced);
}

/// <summary>Counts since the books began, and the key figures of the last 30 UTC days.</summary>
internal sealed record MetricsAnswer(JobMetricsAnswer Jobs, BatchMetricsAnswer Batches, TokensAnswer Tokens, KpisAnswer Kpis)
{
    public static MetricsAnswer Of(Metrics metrics)
    {
        var days = metrics.Days;
        var sum = days.Aggregate(new DayTotals(), (all, day) => all.Plus(day.Sum with { Waits = null }));
        var figures = metrics.KeyFigures;
        return new MetricsAnswer(
            new JobMetricsAnswer(metrics.Queued, days.Sum(day => day.Accepted), days.Sum(day => day.Succeeded), days.Sum(day => day.Failed), days.Sum(day => day.Cancelled), days.Sum(day => day.Retried)),
            new BatchMetricsAnswer(metrics.ActiveBatches, sum.BatchesSubmitted, sum.BatchesCompleted, sum.BatchesFailed, sum.BatchesExpired, sum.BatchesCancelled),
            new TokensAnswer(sum.InputTokens, sum.OutputTokens, sum.CachedTokens),
            new KpisAnswer(figures.SavingsPercent, figures.BatchSuccessPercent, new QuantilesAnswer(figures.MedianHours, figures.NinetyFifthHours), figures.CoveragePercent));
    }
}

/// <summary>Jobs. Those that wait now, and what came of all: <c>retried</c> counts returns to the queue, by a batch or by hand.</summary>
internal sealed record JobMetricsAnswer(long Queued, long Enqueued, long Succeeded, long Failed, long Cancelled, long Retried);

/// <summary>Batches. Those that have not ended, and what came of all.</summary>
internal sealed record BatchMetricsAnswer(int Active, int Submitted, int Completed, int Failed, int Expired, int Cancelled);

/// <summary>Tokens of all answers.</summary>
internal sealed record TokensAnswer(long Input, long Output, long Cached);

/// <summary>The key figures; null without data.</summary>
/// <param name="CostSavingsPercent">Saved of the real-time price.</param>
/// <param name="BatchSuccessRate">Percent: completed of the batches that completed, failed or expired.</param>
/// <param name="QueueToCompletionHours">From acceptance to the answer, of succeeded jobs.</param>
/// <param name="CoveragePercent">Accepted jobs of these and of the real-time calls that were reported.</param>
internal sealed record KpisAnswer(decimal? CostSavingsPercent, decimal? BatchSuccessRate, QuantilesAnswer QueueToCompletionHours, decimal? CoveragePercent);

/// <summary>Hours below which half and 95 % of the jobs stayed, from a histogram: at most 4.5 % off.</summary>
internal sealed record QuantilesAnswer(double? P50, double? P95);
