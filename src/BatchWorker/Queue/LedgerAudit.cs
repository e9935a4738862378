using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>What an audit has looked at.</summary>
internal sealed class AuditSummary
{
    public Dictionary<JobState, long> Jobs { get; } = [];

    public long Batches { get; set; }

    /// <summary>Batches that changed whenever they were looked at.</summary>
    public long Busy { get; set; }

    public long Violations { get; set; }
}

/// <summary>How patient an audit is.</summary>
/// <param name="Pause">Between two looks at a suspect: longer than any script runs.</param>
/// <param name="Time">By whose clock: scripts run in real time whatever the ledger's clock says.</param>
internal sealed record AuditOptions(TimeSpan Pause, TimeProvider Time);

/// <summary>
/// Looks for violations of what must always hold, beside daemons that go on working. A suspect is looked at three times, and only what is
/// wrong in the same way each time counts: a single look may fall into the middle of a change.
/// </summary>
internal sealed class LedgerAudit(LedgerStore store, JobAudit jobs, BatchAudit batches, QueueAudit queues, AuditOptions options)
{
    private const int Looks = 3;
    private const int BatchLooks = 5;

    /// <summary>The whole ledger.</summary>
    public async IAsyncEnumerable<Violation> VerifyAsync(AuditSummary summary)
    {
        await foreach (var part in PartsAsync(summary))
        {
            summary.Violations += part.Count;
            foreach (var violation in part)
            {
                yield return violation;
            }
        }
    }

    /// <summary>The jobs of a bucket.</summary>
    public Task<IReadOnlyList<Violation>> BucketAsync(long bucket) => ConfirmAsync(async () => await jobs.CheckAsync(bucket));

    /// <summary>A batch; null when it changed at every look.</summary>
    public async Task<IReadOnlyList<Violation>?> BatchAsync(long number, int mostFrames)
    {
        var busy = false;
        var found = await ConfirmAsync(async () => await StillAsync(number, mostFrames) ?? Busy());
        return busy ? null : found;

        IReadOnlyList<Violation> Busy()
        {
            busy = true;
            return [];
        }
    }

    private async IAsyncEnumerable<IReadOnlyList<Violation>> PartsAsync(AuditSummary summary)
    {
        await foreach (var bucket in BucketsAsync())
        {
            var first = await jobs.CheckAsync(bucket, job => summary.Jobs[job.State] = summary.Jobs.GetValueOrDefault(job.State) + 1);
            yield return first.Count == 0 ? first : await BucketAsync(bucket);
        }
        foreach (var number in await NumbersAsync())
        {
            summary.Batches++;
            var found = await BatchAsync(number, int.MaxValue);
            summary.Busy += found is null ? 1 : 0;
            yield return found ?? [];
        }
        foreach (var queue in await queues.QueuesAsync())
        {
            for (long from = 0; await queues.CheckAsync(queue, from) is { } found; from = QueueAudit.Next(from))
            {
                yield return found.Count == 0 ? found : await ConfirmAsync(async () => await queues.CheckAsync(queue, from) ?? []);
            }
        }
    }

    /// <summary>All buckets that hold jobs, whether lists find them or not.</summary>
    private async IAsyncEnumerable<long> BucketsAsync()
    {
        var listed = new BucketWalk(store.Database, [store.Keys.Buckets], long.MaxValue);
        var next = await listed.NextAsync();
        for (var bucket = JobSlots.BucketOf((long)await store.Database.HashGetAsync(store.Keys.Meta, LedgerFields.Sequence)); bucket >= 0; bucket--)
        {
            if (bucket == next)
            {
                yield return bucket;
                next = await listed.NextAsync();
            }
            else if (await store.Database.KeyExistsAsync(store.Keys.States(bucket)))
            {
                yield return bucket;
            }
        }
    }

    /// <summary>All batches, and those that are open but in no list.</summary>
    private async Task<long[]> NumbersAsync()
    {
        var listed = await store.Database.SortedSetRangeByScoreAsync(store.Keys.Batches, stop: Canaries.LargestScore);
        var open = await store.Database.SortedSetRangeByScoreAsync(store.Keys.OpenBatches, stop: Canaries.LargestScore);
        return [.. listed.Union(open).Select(number => (long)number).Order()];
    }

    private async Task<IReadOnlyList<Violation>?> StillAsync(long number, int mostFrames)
    {
        for (var look = 1; ; look++)
        {
            var found = await batches.CheckAsync(number, mostFrames);
            if (found is not null || look == BatchLooks)
            {
                return found;
            }
            await Task.Delay(options.Pause, options.Time);
        }
    }

    private async Task<IReadOnlyList<Violation>> ConfirmAsync(Func<Task<IReadOnlyList<Violation>>> check)
    {
        var found = await check();
        for (var look = 1; look < Looks && found.Count > 0; look++)
        {
            await Task.Delay(options.Pause, options.Time);
            var again = (await check()).ToHashSet();
            found = [.. found.Where(again.Contains)];
        }
        return found;
    }
}
