namespace BatchWorker.Simulator.Ledger;

/// <summary>What became of one request in one batch.</summary>
/// <param name="Batch">The provider's batch id.</param>
/// <param name="CustomId">The caller's id.</param>
/// <param name="Body">16 hexadecimal digits: fingerprint of the body.</param>
/// <param name="Outcome"><c>200</c> or another status, <c>expired</c>, <c>not_run</c>.</param>
/// <param name="Paid">It is on the bill.</param>
/// <param name="InputTokens">Prompt tokens billed.</param>
/// <param name="OutputTokens">Answer tokens billed.</param>
/// <param name="CachedTokens">Of the prompt tokens, those read from a cache.</param>
/// <param name="WrittenTokens">Of the prompt tokens, those written into a cache, for however long.</param>
/// <param name="HourTokens">Of the written ones, those kept for an hour.</param>
internal sealed record ItemEntry(
    string Batch, string CustomId, string Body, string Outcome, bool Paid, int InputTokens, int OutputTokens, int CachedTokens, int WrittenTokens, int HourTokens);
