using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>Moves of a batch that more than one room makes.</summary>
internal static class BatchSteps
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);
    private const int LongestFactor = 10;

    /// <summary>Nothing more will run: what is there is stored, the rest of its jobs go the way of the ending.</summary>
    public static Task<OwnedBatch?> EndAsync(this BatchLedger batches, OwnedBatch batch, BatchEnding ending, BatchError? error, DateTimeOffset now) =>
        batches.ChangeAsync(batch, batch.Record with { State = BatchState.Retrieving, Ending = ending with { Error = error }, Error = error, Intent = null, Guess = null, Failures = 0 }, now);

    /// <summary>The step failed and is tried again: after <paramref name="least"/>, then twice as long, up to ten times that or ten minutes.</summary>
    public static Task<OwnedBatch?> TryAgainAsync(this BatchLedger batches, OwnedBatch batch, BatchError error, DateTimeOffset now, TimeSpan least)
    {
        var wait = least * Math.Min(LongestFactor, Math.Pow(2, batch.Record.Failures));
        return batches.ChangeAsync(batch, batch.Record with { Error = error, Failures = batch.Record.Failures + 1 }, now + (wait < LongestWait ? wait : LongestWait));
    }

    /// <summary>The outcome of the create call is unknown: from here on only a listing or an operator decides.</summary>
    public static Task<OwnedBatch?> DoubtAsync(this BatchLedger batches, OwnedBatch batch, string reason, DateTimeOffset now) =>
        batches.ChangeAsync(
            batch,
            batch.Record with
            {
                State = BatchState.InDoubt,
                Intent = batch.Record.Intent! with { Reason = reason, DoubtedAt = now },
                Error = new BatchError("in_doubt", reason),
                Failures = 0,
            },
            now);
}
