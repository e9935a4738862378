namespace BatchWorker.Batching;

/// <summary>This process stood still for longer than its lease, and another replica goes on with the drain.</summary>
internal sealed class RunTakenOverException(string run) : Exception($"{run} was taken over by another replica.");
