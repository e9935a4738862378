using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Queue;

internal sealed class JobDeskTests(StoreKind kind) : RedisFixture(kind)
{
    private LedgerHarness _ledger = null!;

    [SetUp]
    public void NewDesk() => _ledger = NewLedger();

    [Test]
    public async Task A_cancelled_job_waits_nowhere_and_stays_cancelled_when_asked_again()
    {
        var id = (await _ledger.EnqueueAsync(Job() with { Deadline = LedgerHarness.Start.AddDays(1) }))[0];
        Assert.That(await _ledger.Desk.CancelAsync(id), Is.EqualTo(DeskAnswer.Done));
        Assert.That(await _ledger.Desk.CancelAsync(id), Is.EqualTo(DeskAnswer.Done));
        Assert.That(await _ledger.StatesAsync(id), Is.EqualTo(new[] { JobState.Cancelled }));
        await ExpectEmptyQueuesAsync();
    }

    [Test]
    public async Task A_delayed_job_can_be_cancelled()
    {
        var id = (await _ledger.EnqueueAsync(Job() with { NotBefore = LedgerHarness.Start.AddDays(1) }))[0];
        Assert.That(await _ledger.Desk.CancelAsync(id), Is.EqualTo(DeskAnswer.Done));
        await ExpectEmptyQueuesAsync();
    }

    [Test]
    public async Task A_job_that_came_back_can_be_cancelled()
    {
        var id = (await _ledger.EnqueueAsync(1))[0];
        await _ledger.SettleAsync(await _ledger.ClaimAsync(), _ledger.Retried());
        Assert.That(await _ledger.Desk.CancelAsync(id), Is.EqualTo(DeskAnswer.Done));
        Assert.That((await _ledger.Queries.FindAsync(id))!.History, Has.Count.EqualTo(1));
        await ExpectEmptyQueuesAsync();
    }

    [Test]
    public async Task A_job_in_a_batch_or_after_its_success_is_neither_cancelled_nor_retried()
    {
        var id = (await _ledger.EnqueueAsync(1))[0];
        var batch = await _ledger.ClaimAsync();
        Assert.That(await _ledger.Desk.CancelAsync(id), Is.EqualTo(DeskAnswer.NotAllowed));
        Assert.That(await _ledger.Desk.RetryAsync(id), Is.EqualTo(DeskAnswer.NotAllowed));
        await _ledger.SettleAsync(batch, _ledger.Succeeded());
        Assert.That(await _ledger.Desk.CancelAsync(id), Is.EqualTo(DeskAnswer.NotAllowed));
        Assert.That(await _ledger.Desk.RetryAsync(id), Is.EqualTo(DeskAnswer.NotAllowed));
        Assert.That(await _ledger.Desk.CancelAsync(new JobId(id.Value with { Sequence = 99 })), Is.EqualTo(DeskAnswer.NotFound));
    }

    [TestCase(Outcome.Failed)]
    [TestCase(Outcome.Cancelled)]
    public async Task A_retried_job_waits_in_its_old_place_with_all_its_attempts_and_its_history(Outcome outcome)
    {
        var id = (await _ledger.EnqueueAsync(1))[0];
        var batch = await _ledger.ClaimAsync();
        var behind = await _ledger.EnqueueAsync(1);
        await _ledger.SettleAsync(batch, _ledger.Ended(outcome));
        Assert.That(await _ledger.Desk.RetryAsync(id), Is.EqualTo(DeskAnswer.Done));
        var record = await _ledger.RecordAsync(id);
        Assert.That((record.State, record.Attempts, record.Batch), Is.EqualTo((JobState.Queued, 0, 0)));
        Assert.That((await _ledger.PeekAsync()).Select(job => job.Sequence), Is.EqualTo(new[] { id.Sequence, behind[0].Sequence }));
        Assert.That((await _ledger.Queries.FindAsync(id))!.History, Has.Count.EqualTo(outcome == Outcome.Failed ? 1 : 0));
        Assert.That((await _ledger.Counts.CountAsync()).Dead, Is.Zero);
        Assert.That((long)await _ledger.Database.HashGetAsync(_ledger.Keys.Meta, LedgerFields.Waiting), Is.EqualTo(2));
    }

    [Test]
    public async Task A_job_is_not_retried_after_its_deadline()
    {
        var id = (await _ledger.EnqueueAsync(Job() with { Deadline = LedgerHarness.Start.AddMinutes(1) }))[0];
        await _ledger.Desk.CancelAsync(id);
        _ledger.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(await _ledger.Desk.RetryAsync(id), Is.EqualTo(DeskAnswer.NotAllowed));
    }

    [Test]
    public async Task A_deadline_ends_the_jobs_that_still_wait_and_only_those()
    {
        var soon = Job() with { Deadline = LedgerHarness.Start.AddMinutes(1) };
        var ids = await _ledger.EnqueueAsync(soon, soon with { NotBefore = LedgerHarness.Start.AddSeconds(30) }, Job() with { Deadline = LedgerHarness.Start.AddHours(1) }, Job(10) with { Deadline = soon.Deadline });
        await _ledger.ClaimAsync(most: 1);
        _ledger.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(await _ledger.Desk.EndOverdueAsync(), Is.EqualTo(3));
        Assert.That(await _ledger.Desk.EndOverdueAsync(), Is.Zero);
        Assert.That(await _ledger.StatesAsync(ids), Is.EqualTo(new[] { JobState.Failed, JobState.Failed, JobState.Queued, JobState.Batched }));
        Assert.That((await _ledger.RecordAsync(ids[0])).Has(JobFlags.Overdue), Is.True);
        var counts = await _ledger.Counts.CountAsync();
        Assert.That((counts.Total, counts.Dead, counts.Delayed), Is.EqualTo((1, 2, 0)));
    }

    [Test]
    public async Task A_delayed_job_waits_in_its_lane_from_its_time_on()
    {
        var ids = await _ledger.EnqueueAsync(Job() with { NotBefore = LedgerHarness.Start.AddMinutes(1) }, Job());
        Assert.That((await _ledger.PeekAsync()).Select(job => job.Sequence), Is.EqualTo(new[] { ids[1].Sequence }));
        Assert.That(await _ledger.Desk.PromoteAsync(), Is.Zero);
        Assert.That((await _ledger.Counts.CountAsync()).Delayed, Is.EqualTo(1));
        _ledger.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.That((await _ledger.Counts.CountAsync()).Delayed, Is.Zero);
        Assert.That(await _ledger.Desk.PromoteAsync(), Is.EqualTo(1));
        Assert.That(await _ledger.Desk.PromoteAsync(), Is.Zero);
        Assert.That((await _ledger.PeekAsync()).Select(job => job.Sequence), Is.EqualTo(ids.Select(id => id.Sequence)));
        Assert.That((await _ledger.Counts.CountAsync()).Total, Is.EqualTo(2));
    }

    [Test]
    public async Task A_not_before_in_the_past_delays_nothing()
    {
        await _ledger.EnqueueAsync(Job() with { NotBefore = LedgerHarness.Start });
        Assert.That(await _ledger.PeekAsync(), Has.Count.EqualTo(1));
    }

    private async Task ExpectEmptyQueuesAsync()
    {
        var keys = _ledger.Keys;
        var lane = await _ledger.LaneAsync();
        foreach (var queue in new[] { keys.Waiting(lane), keys.Later(lane), keys.Delayed, keys.Due, keys.Deadlines, keys.Dead })
        {
            Assert.That(await _ledger.Database.SortedSetLengthAsync(queue), Is.Zero, queue.ToString());
        }
        Assert.That((long)await _ledger.Database.HashGetAsync(keys.Meta, LedgerFields.Waiting), Is.Zero);
    }
}
