using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>A batch in the hands of its owner: the record as the store has it, and the epoch under which it may be changed.</summary>
/// <param name="Number">The ledger's number.</param>
/// <param name="Epoch">The ownership that every change is compared with.</param>
/// <param name="Record">The record.</param>
/// <param name="Stored">The same as bytes, to compare with.</param>
/// <param name="Claimed">Jobs in the manifest.</param>
/// <param name="Settlements">Settlements done.</param>
/// <param name="Totals">What they add up to.</param>
internal sealed record OwnedBatch(long Number, string Epoch, BatchRecord Record, byte[] Stored, int Claimed, int Settlements, BatchTotals Totals)
{
    /// <summary>When its cancellation was asked for; null when it was not.</summary>
    public DateTimeOffset? CancelRequestedAt { get; init; }

    /// <summary>An operator's word: the provider's batch, or an empty string for "there is none"; null when nothing was said.</summary>
    public string? Resolution { get; init; }

    /// <summary>What it holds back of the budgets; null when it was filled without any.</summary>
    public Reservation? Reserved { get; init; }

    public BatchState State => Record.State;

    /// <summary>It was cancelled because it ran beyond its window: nobody meant its jobs.</summary>
    public bool IsStoppedAsStuck => Record.StuckAt is not null && CancelRequestedAt is null;

    public int ChunkCount => (Claimed + RedisKeys.ChunkSize - 1) / RedisKeys.ChunkSize;
}
