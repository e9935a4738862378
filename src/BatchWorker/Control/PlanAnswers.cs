namespace BatchWorker.Control;

/// <summary>What a drain would do now: nothing of it was done.</summary>
/// <param name="DryRun">Always true.</param>
/// <param name="Filter">What it would take.</param>
/// <param name="Complete">False when more jobs wait than a plan looks at: then it is about the first of them.</param>
/// <param name="Jobs">Jobs that would be sent.</param>
/// <param name="Cost">USD at batch prices; null when no job has a known price.</param>
/// <param name="UnpricedJobs">Jobs whose price is unknown: they are in no sum and count as nothing in budgets.</param>
/// <param name="Batches">The batches.</param>
/// <param name="Held">Jobs that would be left, and why.</param>
internal sealed record PlanAnswer(
    bool DryRun, RunFilterAnswer Filter, bool Complete, int Jobs, SpreadAnswer? Cost, int UnpricedJobs, IReadOnlyList<PlannedBatchAnswer> Batches, IReadOnlyList<HeldAnswer> Held);

/// <summary>A batch that would be made.</summary>
/// <param name="Provider">Whose.</param>
/// <param name="Endpoint">The provider's endpoint.</param>
/// <param name="Model">The model.</param>
/// <param name="JobType">The job type.</param>
/// <param name="JobCount">Jobs in it.</param>
/// <param name="Bytes">Bytes of its input.</param>
/// <param name="InputTokens">Tokens of the requests.</param>
/// <param name="ExactJobs">Jobs whose input tokens were counted by the tokenizer of the model; those of the others are estimated.</param>
/// <param name="OutputTokens">Tokens of the answers, an estimate.</param>
/// <param name="Cost">USD at batch prices; null when no job has a known price.</param>
/// <param name="UnpricedJobs">Jobs whose price is unknown.</param>
internal sealed record PlannedBatchAnswer(
    string Provider, string Endpoint, string Model, string JobType, int JobCount, long Bytes,
    decimal InputTokens, int ExactJobs, SpreadAnswer OutputTokens, SpreadAnswer? Cost, int UnpricedJobs);

/// <summary>From the least to the most of an estimate: as on the day with the shortest answers, as on average, and as much as the requests allow.</summary>
internal sealed record SpreadAnswer(decimal Low, decimal Expected, decimal High);
