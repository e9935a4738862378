using BatchWorker.Costs;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Results;

/// <summary>
/// What an answer cost. Only succeeded requests are billed: Anthropic says so, OpenAI and Gemini charge for finished ones.
/// Null when the price is unknown, and for an amount that no single request can reach: a provider's count is then not believed.
/// </summary>
internal sealed class AnswerPrices(PriceBook book)
{
    public JobCost? Of(Lane lane, Verdict verdict) =>
        verdict.Outcome == Outcome.Succeeded
        && book.CostOf(lane.Provider, lane.Model, verdict.Usage) is { Realtime: <= OutcomeRecord.MostPico, Batch: <= OutcomeRecord.MostPico } cost ? cost : null;
}
