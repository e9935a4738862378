namespace BatchWorker.Simulator.Ledger;

/// <summary>Tokens that one answer costs.</summary>
/// <param name="InputTokens">Prompt tokens, cached ones included.</param>
/// <param name="CachedTokens">Prompt tokens read from a cache.</param>
/// <param name="OutputTokens">Answer tokens.</param>
internal readonly record struct ItemBill(int InputTokens, int CachedTokens, int OutputTokens);
