namespace BatchWorker.Simulator.OpenAi;

/// <summary>Why validation refused a batch.</summary>
/// <param name="Code">An open set of words.</param>
/// <param name="Message">For people.</param>
/// <param name="Line">1-based line of the input file; null when the whole file is meant.</param>
/// <param name="Param">The member that is wrong; null for none.</param>
internal sealed record BatchError(string Code, string Message, int? Line = null, string? Param = null);
