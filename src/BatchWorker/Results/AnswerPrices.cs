using BatchWorker.Costs;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Results;

/// <summary>
/// What an answer cost. Only succeeded requests are billed: Anthropic says so, OpenAI and Gemini charge for finished ones.
/// Null when the price is unknown, and for an amount that no single request can reach: a provider's count is then not believed.
/// </summary>
internal sealed class AnswerPrices(Prices prices)
{
    public JobCost? Of(Lane lane, Verdict verdict, DateTimeOffset at) =>
        verdict.Outcome == Outcome.Succeeded ? Of(lane, verdict.Usage, at) : null;

    /// <summary>Of an answer with so many tokens, at the prices of the UTC day on which it is settled.</summary>
    public JobCost? Of(Lane lane, Usage usage, DateTimeOffset at) =>
        prices.Book.CostOf(lane.Provider, lane.Model, usage, DateOnly.FromDateTime(at.UtcDateTime)) is { Realtime: <= OutcomeRecord.MostPico, Batch: <= OutcomeRecord.MostPico } cost ? cost : null;

    /// <summary>Whether any answer of a lane can have a price.</summary>
    public bool Knows(Lane lane) => prices.Book.Knows(lane.Provider, lane.Model);
}
