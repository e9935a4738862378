namespace BatchWorker.Simulator.Ledger;

/// <summary>Tokens that one answer costs.</summary>
/// <param name="InputTokens">Prompt tokens, cached ones included.</param>
/// <param name="CachedTokens">Prompt tokens read from a cache.</param>
/// <param name="OutputTokens">Answer tokens.</param>
/// <param name="WrittenTokens">Prompt tokens written into a cache, for however long, where that has a price.</param>
/// <param name="HourTokens">Of these, tokens that are kept for an hour.</param>
internal readonly record struct ItemBill(int InputTokens, int CachedTokens, int OutputTokens, int WrittenTokens = 0, int HourTokens = 0);
