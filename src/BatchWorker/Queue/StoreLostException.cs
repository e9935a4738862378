namespace BatchWorker.Queue;

/// <summary>The store has dropped data: nothing is written to it any more.</summary>
internal sealed class StoreLostException() : Exception("The store has lost data; nothing is written any more.");
