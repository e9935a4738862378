using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using StackExchange.Redis;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Queue;

/// <summary>Jobs go some days after their end, by whole buckets, and leave nothing behind.</summary>
internal sealed class JobRetentionTests(StoreKind kind) : EachStore(kind)
{
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(30);
    private LedgerHarness _ledger = null!;
    private JobRetention _retention = null!;

    private IConnectionMultiplexer _connection = null!;

    [SetUp]
    public async Task NewRetentionAsync()
    {
        _connection = await SharedRedis.ConnectionAsync();
        NewRetentionIn(SharedRedis.NewNamespace());
    }

    [Test]
    public async Task A_job_stays_for_all_of_its_days_and_then_goes_with_everything()
    {
        var id = (await _ledger.EnqueueAsync(Job() with { Metadata = """{"a":"b"}"""u8.ToArray() }))[0];
        await EndAsync(Outcome.Failed);
        _ledger.Time.Advance(s_kept - TimeSpan.FromMilliseconds(1));
        Assert.That(await DropAsync(), Is.Zero);
        Assert.That(await _ledger.Queries.FindAsync(id), Is.Not.Null);
        _ledger.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(await DropAsync(), Is.EqualTo(1));
        Assert.That(await _ledger.Queries.FindAsync(id), Is.Null);
        Assert.That(await LeftAsync(), Is.Empty);
        Assert.That((await _ledger.Counts.CountAsync()).Dead, Is.Zero);
        Assert.That(await DropAsync(), Is.Zero, "a repeat");
    }

    [TestCase(Outcome.Succeeded), TestCase(Outcome.Cancelled), TestCase(Outcome.Expired)]
    public async Task Whatever_became_of_a_job_it_goes(Outcome outcome)
    {
        await _ledger.EnqueueAsync(3);
        await EndAsync(outcome);
        _ledger.Time.Advance(s_kept);
        Assert.That(await DropAsync(), Is.EqualTo(1));
        Assert.That(await LeftAsync(), Is.Empty);
    }

    [Test]
    public async Task A_job_that_waits_keeps_its_bucket_and_no_other()
    {
        await _ledger.EnqueueAsync(255);
        await EndAsync(Outcome.Succeeded);
        await _ledger.EnqueueAsync(256); // fills the next bucket
        await EndAsync(Outcome.Succeeded);
        var waiting = (await _ledger.EnqueueAsync(Job() with { NotBefore = LedgerHarness.Start.AddDays(90) }))[0];
        await _ledger.EnqueueAsync(255);
        await EndAsync(Outcome.Succeeded);
        _ledger.Time.Advance(s_kept);
        Assert.That(await DropAsync(), Is.EqualTo(2));
        Assert.That(await _ledger.Database.SortedSetLengthAsync(_ledger.Keys.Buckets), Is.EqualTo(1));
        Assert.That((await _ledger.RecordAsync(waiting)).State, Is.EqualTo(JobState.Queued));
        Assert.That(await _ledger.Desk.CancelAsync(waiting), Is.EqualTo(DeskAnswer.Done));
        _ledger.Time.Advance(s_kept);
        Assert.That(await DropAsync(), Is.EqualTo(1));
        Assert.That(await LeftAsync(), Is.Empty);
    }

    [Test]
    public async Task A_bucket_that_was_emptied_takes_new_jobs_again()
    {
        await _ledger.EnqueueAsync(2);
        await EndAsync(Outcome.Succeeded);
        _ledger.Time.Advance(s_kept);
        await DropAsync();
        var id = (await _ledger.EnqueueAsync(1))[0];
        Assert.That(id.Sequence, Is.EqualTo(3));
        Assert.That(await DropAsync(), Is.Zero);
        Assert.That((await _ledger.PeekAsync()).Select(job => job.Sequence), Is.EqualTo(new[] { 3L }));
    }

    [Test]
    public async Task A_look_is_bounded_and_the_next_one_goes_on()
    {
        for (var i = 0; i < 18; i++) // 18,000 jobs fill 71 buckets
        {
            await _ledger.EnqueueAsync(1_000);
            await EndAsync(Outcome.Failed);
        }
        _ledger.Time.Advance(s_kept);
        Assert.That(await DropAsync(), Is.EqualTo(64));
        Assert.That(await DropAsync(), Is.EqualTo(7));
        Assert.That(await LeftAsync(), Is.Empty);
    }

    [Test]
    public async Task A_drop_that_was_cut_off_at_any_of_its_writes_is_finished()
    {
        var keys = _ledger.Keys;
        Func<int, Task>[] writes =
        [
            _ => _ledger.Database.KeyDeleteAsync(keys.Dead),
            _ => _ledger.Database.KeyDeleteAsync([keys.Requests(0), keys.Metadata(0), keys.History(0)]),
            lane => _ledger.Database.SortedSetRemoveAsync(keys.Index(lane, JobState.Failed), 0),
            _ => _ledger.Database.KeyDeleteAsync(keys.States(0)),
        ];
        for (var cut = 0; cut <= writes.Length; cut++)
        {
            NewRetentionIn(SharedRedis.NewNamespace());
            keys = _ledger.Keys;
            await _ledger.EnqueueAsync(2);
            await EndAsync(Outcome.Failed);
            _ledger.Time.Advance(s_kept);
            foreach (var write in writes.Take(cut))
            {
                await write(await _ledger.LaneAsync());
            }
            Assert.That(await DropAsync(), Is.EqualTo(1), $"cut after {cut}");
            // states that went before their index leave an entry that a list passes over
            Assert.That((await LeftAsync()).Where(key => cut < writes.Length || !key.Contains(":x:")), Is.Empty, $"cut after {cut}");
        }
    }

    [Test]
    public async Task A_job_that_is_retried_meanwhile_stays()
    {
        var id = (await _ledger.EnqueueAsync(1))[0];
        await EndAsync(Outcome.Failed);
        _ledger.Time.Advance(s_kept);
        await Task.WhenAll(_ledger.Desk.RetryAsync(id), DropAsync());
        var left = await _ledger.Queries.PeekAsync(id);
        Assert.That((left?.State, (await _ledger.PeekAsync()).Count), Is.EqualTo(((JobState?)JobState.Queued, 1)).Or.EqualTo(((JobState?)null, 0)));
    }

    [Test]
    public async Task Replicas_may_drop_at_the_same_time()
    {
        await _ledger.EnqueueAsync(600);
        await EndAsync(Outcome.Succeeded);
        _ledger.Time.Advance(s_kept);
        var dropped = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => new JobRetention(_ledger.Replica($"r{i}").Store).DropAsync(_ledger.Store.Now - s_kept)));
        Assert.That(dropped.Sum(), Is.GreaterThanOrEqualTo(3));
        Assert.That(await LeftAsync(), Is.Empty);
    }

    private void NewRetentionIn(string ns)
    {
        _ledger = new LedgerHarness(_connection, ns);
        _retention = new JobRetention(_ledger.Store);
    }

    private Task<int> DropAsync() => _retention.DropAsync(_ledger.Store.Now - s_kept);

    /// <summary>Ends all that waits, and its batch.</summary>
    private async Task EndAsync(Outcome outcome)
    {
        var batch = await _ledger.ClaimAsync();
        var ended = outcome == Outcome.Succeeded ? _ledger.Succeeded() : _ledger.Ended(outcome);
        var manifest = await _ledger.Claims.ManifestAsync(batch.Number, 0);
        foreach (var part in manifest.Index().Chunk(Settlements.MaxOutcomes))
        {
            batch = (await _ledger.Settlements.SettleAsync(batch, [.. part.Select(job => new Settlement(job.Index, job.Item, ended with { Settlement = batch.Settlements + 1 }))]))!;
        }
    }

    /// <summary>Keys that hold something of a job; those of batches have tests of their own.</summary>
    private async Task<string[]> LeftAsync()
    {
        var kinds = new[] { "s:", "b:", "t:", "h:", "x:", "q:", "d:", "buckets", "dead", "delayed", "due", "deadlines" };
        var keys = await LedgerKeys.FindAsync(_ledger, _connection);
        return [.. keys.Where(key => kinds.Any(kind => key[(key.IndexOf('}') + 2)..].StartsWith(kind, StringComparison.Ordinal)))];
    }
}
