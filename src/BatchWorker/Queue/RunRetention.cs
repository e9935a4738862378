using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>The verb expire for runs: after all of their batches.</summary>
internal sealed class RunRetention(LedgerStore store)
{
    private const int MostRuns = 100;
    private readonly AgeWalk _walk = new(store, store.Keys.Runs, MostRuns);

    private RedisKeys Keys => store.Keys;

    /// <summary>Looks at some of the oldest runs; answers how many were dropped.</summary>
    public Task<int> DropAsync(DateTimeOffset begunBefore) => _walk.GoOnAsync(number => LookAsync(number, begunBefore));

    private async Task<Aged> LookAsync(long number, DateTimeOffset before)
    {
        if ((byte[]?)await store.Database.StringGetAsync(Keys.Run(number)) is { } bytes)
        {
            var run = RunRecord.Unpack(bytes);
            if (run.StartedAt > before)
            {
                return Aged.TooYoung;
            }
            if (await store.Database.SortedSetScoreAsync(Keys.OpenRuns, number) is not null || await HasBatchesAsync(run))
            {
                return Aged.Kept;
            }
        }
        await store.Begin().Write("UNLINK", Keys.Run(number)).Write("ZREM", Keys.Runs, number).CommitAsync();
        return Aged.Dropped;
    }

    private async Task<bool> HasBatchesAsync(RunRecord run)
    {
        foreach (var id in run.Batches)
        {
            if (BatchId.TryParse(id, out var batch) && await store.Database.SortedSetScoreAsync(Keys.Batches, batch.Sequence) is not null)
            {
                return true;
            }
        }
        return false;
    }
}
