using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Queue;

internal sealed class JobBulkTests(StoreKind kind) : RedisFixture(kind)
{
    private static readonly BulkWish s_cancelAll = new(JobAction.Cancel, new JobFilter(), null, null, DryRun: false);
    private static readonly BulkWish s_retryAll = s_cancelAll with { Action = JobAction.Retry };
    private LedgerHarness _ledger = null!;

    [SetUp]
    public void NewDesk() => _ledger = NewLedger();

    [Test]
    public async Task Queued_jobs_of_every_kind_are_cancelled_and_no_others()
    {
        var ids = await _ledger.EnqueueAsync(
            Job(10), Job(), Job() with { NotBefore = LedgerHarness.Start.AddDays(1) }, Job() with { Deadline = LedgerHarness.Start.AddDays(1) }, Job(lane: LedgerHarness.Messages));
        await _ledger.ClaimAsync(most: 1);
        Assert.That(await _ledger.Bulk.RunAsync(s_cancelAll, default), Is.EqualTo(new BulkCount(4, 4)));
        Assert.That(await _ledger.StatesAsync(ids), Is.EqualTo(new[] { JobState.Batched, JobState.Cancelled, JobState.Cancelled, JobState.Cancelled, JobState.Cancelled }));
        var counts = await _ledger.Counts.CountAsync();
        Assert.That((counts.Total, counts.Delayed), Is.EqualTo((0, 0)));
        Assert.That((long)await _ledger.Database.HashGetAsync(_ledger.Keys.Meta, LedgerFields.Waiting), Is.Zero);
        Assert.That(await _ledger.Bulk.RunAsync(s_cancelAll, default), Is.EqualTo(new BulkCount(0, 0)));
    }

    [Test]
    public async Task Failed_and_cancelled_jobs_are_queued_again_in_their_old_order()
    {
        var ids = await _ledger.EnqueueAsync(6);
        await _ledger.SettleAsync(
            await _ledger.ClaimAsync(), _ledger.Ended(Outcome.Failed), _ledger.Succeeded(), _ledger.Ended(Outcome.Cancelled), _ledger.Retried(), _ledger.Ended(Outcome.Missing), _ledger.Ended(Outcome.Expired));
        await _ledger.Desk.CancelAsync(ids[3]);
        Assert.That(await _ledger.Bulk.RunAsync(s_retryAll, default), Is.EqualTo(new BulkCount(5, 5)));
        Assert.That((await _ledger.PeekAsync()).Select(job => job.Sequence), Is.EqualTo(ids.Where((_, i) => i != 1).Select(id => id.Sequence)));
        Assert.That((await _ledger.Counts.CountAsync()).Dead, Is.Zero);
        Assert.That((await _ledger.RecordAsync(ids[0])).Attempts, Is.Zero);
    }

    [Test]
    public async Task Filters_combine()
    {
        var ids = await _ledger.EnqueueAsync(Job(), Job(), Job(lane: LedgerHarness.Messages), Job(lane: LedgerHarness.Messages with { JobType = "creative_scoring" }));
        await _ledger.Desk.CancelAsync(ids[0]);
        var batch = await _ledger.ClaimAsync();
        await _ledger.SettleAsync(batch, _ledger.Ended(Outcome.Failed));
        Assert.That(await MatchAsync(s_retryAll, new JobFilter { States = Set(JobState.Failed) }), Is.EqualTo(1));
        Assert.That(await MatchAsync(s_retryAll, new JobFilter { States = Set(JobState.Failed, JobState.Cancelled) }), Is.EqualTo(2));
        Assert.That(await MatchAsync(s_retryAll, new JobFilter { States = Set(JobState.Queued, JobState.Succeeded, JobState.Submitted) }), Is.Zero);
        Assert.That(await MatchAsync(s_retryAll, new JobFilter { Batch = Id(batch) }), Is.EqualTo(1));
        Assert.That(await MatchAsync(s_retryAll, new JobFilter { Batch = Id(batch), States = Set(JobState.Cancelled) }), Is.Zero);
        Assert.That(await MatchAsync(s_cancelAll, new JobFilter { Providers = Set(Provider.Anthropic) }), Is.EqualTo(2));
        Assert.That(await MatchAsync(s_cancelAll, new JobFilter { Providers = Set(Provider.Anthropic), JobTypes = Set("creative_scoring") }), Is.EqualTo(1));
        Assert.That(await MatchAsync(s_cancelAll, new JobFilter { Providers = Set(Provider.Gemini) }), Is.Zero);
    }

    [Test]
    public async Task Jobs_are_found_by_the_code_of_their_error()
    {
        var ids = await _ledger.EnqueueAsync([.. Enumerable.Range(0, 5).Select(i => Job() with { Deadline = i == 4 ? LedgerHarness.Start.AddHours(1) : null })]);
        var longCode = new string('x', 100);
        await _ledger.SettleAsync(
            await _ledger.ClaimAsync(most: 4),
            _ledger.Ended(Outcome.Failed, await _ledger.Codes.NumberOfAsync("rate_limit")),
            _ledger.Ended(Outcome.Failed, await _ledger.Codes.NumberOfAsync(longCode)),
            _ledger.Ended(Outcome.Missing),
            _ledger.Ended(Outcome.Cancelled));
        Assert.That(await CodeAsync("rate_limit"), Is.EqualTo(1));
        Assert.That(await CodeAsync(longCode), Is.EqualTo(1));
        Assert.That(await CodeAsync("missing"), Is.EqualTo(1), "an outcome without a code shows its own name");
        Assert.That(await CodeAsync("cancelled"), Is.Zero, "a cancelled job has no error");
        Assert.That(await CodeAsync("nobody_has_it"), Is.Zero);
        _ledger.Time.Advance(TimeSpan.FromHours(2));
        await _ledger.Desk.EndOverdueAsync();
        Assert.That((await _ledger.RecordAsync(ids[4])).State, Is.EqualTo(JobState.Failed));
        Assert.That(await CodeAsync("deadline_passed"), Is.Zero, "its deadline has passed, so nothing can be done");

        Task<long> CodeAsync(string code) => MatchAsync(s_retryAll with { ErrorCode = code }, new JobFilter());
    }

    [Test]
    public async Task At_most_so_many_of_the_newest_are_changed_and_all_are_counted()
    {
        var ids = await _ledger.EnqueueAsync(600);
        Assert.That(await _ledger.Bulk.RunAsync(s_cancelAll with { Most = 300 }, default), Is.EqualTo(new BulkCount(600, 300)));
        Assert.That((await _ledger.StatesAsync(ids)).Select(state => state == JobState.Cancelled), Is.EqualTo(Enumerable.Range(0, 600).Select(i => i >= 300)));
        Assert.That(await _ledger.Bulk.RunAsync(s_cancelAll with { DryRun = true }, default), Is.EqualTo(new BulkCount(300, 0)));
        Assert.That((await _ledger.Counts.CountAsync()).Total, Is.EqualTo(300));
    }

    [Test]
    public async Task The_deadline_and_the_not_before_hold_for_a_job_that_is_queued_again()
    {
        var later = LedgerHarness.Start.AddMinutes(1);
        var ids = await _ledger.EnqueueAsync(Job() with { NotBefore = later }, Job() with { NotBefore = LedgerHarness.Start.AddDays(1), Deadline = LedgerHarness.Start.AddDays(2) }, Job() with { Deadline = later });
        await _ledger.Bulk.RunAsync(s_cancelAll, default);
        _ledger.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.That(await _ledger.Bulk.RunAsync(s_retryAll, default), Is.EqualTo(new BulkCount(2, 2)), "the deadline of the third has passed");
        Assert.That((await _ledger.PeekAsync()).Select(job => job.Sequence), Is.EqualTo(new[] { ids[0].Sequence }), "the second still waits for its time");
        var counts = await _ledger.Counts.CountAsync();
        Assert.That((counts.Total, counts.Delayed), Is.EqualTo((2, 1)));
        _ledger.Time.Advance(TimeSpan.FromDays(1));
        Assert.That(await _ledger.Desk.PromoteAsync(), Is.EqualTo(1));
        Assert.That(await _ledger.PeekAsync(), Has.Count.EqualTo(2));
        _ledger.Time.Advance(TimeSpan.FromDays(1));
        Assert.That(await _ledger.Desk.EndOverdueAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_job_is_changed_by_one_of_two_that_act_at_the_same_time()
    {
        await _ledger.EnqueueAsync(1000);
        var other = _ledger.Replica("two");
        var counts = await Task.WhenAll(_ledger.Bulk.RunAsync(s_cancelAll, default), other.Bulk.RunAsync(s_cancelAll, default), _ledger.ClaimAsync(most: 100).ContinueWith(claim => new BulkCount(0, claim.Result.Claimed), TaskScheduler.Default));
        Assert.That(counts.Sum(count => count.Changed), Is.EqualTo(1000));
        Assert.That((long)await _ledger.Database.HashGetAsync(_ledger.Keys.Meta, LedgerFields.Waiting), Is.Zero);
        Assert.That((await _ledger.Counts.CountAsync()).Total, Is.Zero);
    }

    [Test]
    public void A_stop_of_the_daemon_ends_it()
    {
        Assert.That(async () =>
        {
            await _ledger.EnqueueAsync(1);
            await _ledger.Bulk.RunAsync(s_cancelAll, new CancellationToken(canceled: true));
        }, Throws.InstanceOf<OperationCanceledException>());
    }

    private async Task<long> MatchAsync(BulkWish wish, JobFilter filter) => (await _ledger.Bulk.RunAsync(wish with { Filter = filter, DryRun = true }, default)).Matched;

    private static HashSet<T> Set<T>(params T[] items) => [.. items];

    private static BatchId Id(OwnedBatch batch) => BatchId.TryParse(batch.Record.Id, out var id) ? id : throw new InvalidOperationException();
}
