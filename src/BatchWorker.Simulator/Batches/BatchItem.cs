using BatchWorker.Simulator.Answers;

namespace BatchWorker.Simulator.Batches;

/// <summary>Where a request stands in the file that it came in.</summary>
internal readonly record struct ItemPlace(long Offset, int Length);

/// <summary>A request of a batch.</summary>
/// <param name="CustomId">The caller's id.</param>
/// <param name="Body">What the model gets, within the bytes of the request.</param>
/// <param name="Prompt">What it asks.</param>
/// <param name="Refusal">Why it is answered 400 when it runs; null when nothing is wrong with it.</param>
internal readonly record struct BatchItem(string CustomId, Range Body, Prompt Prompt, string? Refusal = null);

/// <summary>Reads a request that was read before, in the shape of its provider.</summary>
internal delegate BatchItem ItemReader(ReadOnlySpan<byte> bytes);
