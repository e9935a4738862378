namespace BatchWorker.Simulator.Control;

/// <summary>Moves the world on: the clock by seconds, or the next event of one batch, of each, or all events.</summary>
/// <param name="Seconds">Moves the clock; null to let events happen instead.</param>
/// <param name="Batch">Only this batch's next event.</param>
/// <param name="All">Until nothing is left to happen.</param>
internal sealed record AdvanceRequest(double? Seconds = null, string? Batch = null, bool All = false);
