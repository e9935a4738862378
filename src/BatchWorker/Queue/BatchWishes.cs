using System.Globalization;
using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>What operators ask of the replica that owns a batch; it acts on it at its next look, which is now.</summary>
internal sealed class BatchWishes(LedgerStore store, BatchLedger batches)
{
    /// <summary>Asks it to cancel the batch. False when its state does not allow it any more.</summary>
    public Task<bool> CancelAsync(OwnedBatch batch) => AskAsync(
        batch,
        now => now.State is not (BatchState.InDoubt or BatchState.Retrieving) && !now.State.HasEnded(),
        "HSETNX",
        LedgerFields.Cancel,
        store.NowMs);

    /// <summary>Tells it the word about an unknown create call: the provider's batch, or an empty string for none. False when the batch is not in doubt any more.</summary>
    public Task<bool> ResolveAsync(OwnedBatch batch, string providerBatchId) =>
        AskAsync(batch, now => now.State == BatchState.InDoubt, "HSET", LedgerFields.Resolve, PrefixOf(batch.Record) + providerBatchId);

    /// <summary>An operator's word holds for the create call that was in doubt when it was given, not for a later one.</summary>
    public static string? ResolutionIn(BatchRecord record, string? stored) =>
        stored?.StartsWith(PrefixOf(record), StringComparison.Ordinal) == true ? stored[PrefixOf(record).Length..] : null;

    /// <summary>The batch as the caller saw it may have changed: then the wish is judged by what it is now.</summary>
    private async Task<bool> AskAsync(OwnedBatch? batch, Func<OwnedBatch, bool> isAllowed, string command, RedisValue field, RedisValue value)
    {
        for (; batch is not null && isAllowed(batch); batch = await batches.ReadAsync(batch.Number))
        {
            var key = store.Keys.Batch(batch.Number);
            var differ = await store.Begin()
                .Expect(key, LedgerFields.Record, batch.Stored)
                .Write(command, key, field, value)
                .Write("ZADD", store.Keys.Work(BatchWorkRules.WorkOf(batch.State)!.Value), "XX", store.NowMs, batch.Number)
                .CommitAsync();
            if (differ.Length == 0)
            {
                return true;
            }
        }
        return false;
    }

    private static string PrefixOf(BatchRecord record) => string.Create(CultureInfo.InvariantCulture, $"{record.Attempt}:");
}
