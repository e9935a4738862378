using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Queue;

/// <summary>Lists that are walked while jobs change.</summary>
internal sealed class JobListWalkTests(StoreKind kind) : RedisFixture(kind)
{
    private const int Jobs = 20_000;
    private const int Limit = 1000;
    private LedgerHarness _ledger = null!;
    private JobLists _lists = null!;

    [SetUp]
    public void OpenLists()
    {
        _ledger = NewLedger();
        _lists = new JobLists(_ledger.Store, new JobMatches(_ledger.Store, _ledger.Lanes, _ledger.Batches, _ledger.Claims), _ledger.Queries);
    }

    [Test]
    public async Task Beside_eight_writers_nothing_is_shown_twice_and_nothing_is_missed_that_was_there()
    {
        var ids = await EnqueueAsync(Jobs);
        using var stop = new CancellationTokenSource();
        var writers = WriteAsync(ids, stop.Token);
        for (var walk = 0; walk < 3; walk++)
        {
            var all = await WalkAsync(new JobFilter(), Limit);
            Assert.That(all, Is.Ordered.Descending.And.Unique);
            Assert.That(all.Where(sequence => sequence <= Jobs), Is.EqualTo(Enumerable.Range(1, Jobs).Select(sequence => (long)sequence).Reverse()));
            var some = await WalkAsync(new JobFilter { States = new HashSet<JobState> { JobState.Queued, JobState.Cancelled } }, Limit);
            Assert.That(some, Is.Ordered.Descending.And.Unique);
        }
        await stop.CancelAsync();
        Assert.That(await writers, Is.All.Positive);
    }

    [Test]
    public async Task What_changes_its_state_to_and_fro_is_in_a_walk_over_both_states()
    {
        var ids = await EnqueueAsync(3000);
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() => RepeatAsync(random => TossAsync(ids[random.Next(ids.Count)]), 1, stop.Token));
        var both = new JobFilter { States = new HashSet<JobState> { JobState.Queued, JobState.Cancelled }, Providers = new HashSet<Provider> { Provider.OpenAi } };
        for (var walk = 0; walk < 5; walk++)
        {
            Assert.That(await WalkAsync(both, 100), Has.Count.EqualTo(ids.Count));
        }
        await stop.CancelAsync();
        Assert.That(await writer, Is.Positive);
    }

    [Test]
    public async Task A_page_of_a_large_batch_reads_a_part_of_it_and_the_walk_goes_on_behind()
    {
        await EnqueueAsync(9500);
        var batch = await _ledger.Batches.OpenAsync(await _ledger.LaneAsync(), null);
        while (await _ledger.PeekAsync() is { Count: > 0 } waiting)
        {
            batch = (await _ledger.Claims.ClaimAsync(batch, waiting)).Batch!;
        }
        var of = new JobFilter { Batch = batch.Record.BatchId };
        var first = await _lists.PageAsync(of with { States = new HashSet<JobState> { JobState.Failed } }, long.MaxValue, Limit);
        Assert.That((first.Jobs.Count, first.Next), Is.EqualTo((0, 5501L)));
        Assert.That(await WalkAsync(of with { States = new HashSet<JobState> { JobState.Failed } }, Limit), Is.Empty);
        Assert.That(await WalkAsync(of, 300), Is.EqualTo(Enumerable.Range(1, 9500).Select(sequence => (long)sequence).Reverse()));
    }

    private async Task<List<JobId>> EnqueueAsync(int count)
    {
        var ids = new List<JobId>(count);
        for (var from = 0; from < count; from += JobIntake.MaxJobs)
        {
            ids.AddRange(await _ledger.EnqueueAsync(Math.Min(JobIntake.MaxJobs, count - from)));
        }
        return ids;
    }

    private async Task<List<long>> WalkAsync(JobFilter filter, int limit)
    {
        var found = new List<long>();
        for (long? below = long.MaxValue; below is { } from;)
        {
            var page = await _lists.PageAsync(filter, from, limit);
            found.AddRange(page.Jobs.Select(job => job.Id.Sequence));
            below = page.Next;
        }
        return found;
    }

    /// <summary>Answers how often each of the eight did something.</summary>
    private Task<int[]> WriteAsync(List<JobId> ids, CancellationToken stop) => Task.WhenAll(
        Enumerable.Range(0, 2).Select(seed => RepeatAsync(_ => _ledger.EnqueueAsync(Job(), Job(lane: LedgerHarness.Messages)), seed, stop))
            .Concat(Enumerable.Range(2, 2).Select(seed => RepeatAsync(random => _ledger.Desk.CancelAsync(ids[random.Next(ids.Count)]), seed, stop)))
            .Concat(Enumerable.Range(4, 2).Select(seed => RepeatAsync(random => _ledger.Desk.RetryAsync(ids[random.Next(ids.Count)]), seed, stop)))
            .Concat(Enumerable.Range(6, 2).Select(seed => RepeatAsync(_ => ClaimAndSettleAsync(), seed, stop)))
            .Select(writer => Task.Run(() => writer)));

    private static async Task<int> RepeatAsync(Func<Random, Task> write, int seed, CancellationToken stop)
    {
        var (random, times) = (new Random(seed), 0);
        do
        {
            await write(random);
            times++;
        }
        while (!stop.IsCancellationRequested);
        return times;
    }

    private async Task TossAsync(JobId id)
    {
        await _ledger.Desk.CancelAsync(id);
        await _ledger.Desk.RetryAsync(id);
    }

    private async Task ClaimAndSettleAsync()
    {
        var batch = await _ledger.Batches.OpenAsync(await _ledger.LaneAsync(), null);
        var claim = await _ledger.Claims.ClaimAsync(batch, await _ledger.PeekAsync(most: 50));
        if (claim.Batch is { Claimed: > 0 } claimed)
        {
            claimed = await _ledger.MoveAsync(claimed, BatchState.Submitting, BatchState.Submitted, BatchState.Retrieving);
            await _ledger.SettleAsync(claimed, [.. Enumerable.Range(0, claimed.Claimed).Select(i => i % 2 == 0 ? _ledger.Succeeded() : _ledger.Ended(Outcome.Failed))]);
        }
    }
}
