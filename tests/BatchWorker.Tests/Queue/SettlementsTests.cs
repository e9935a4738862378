using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Queue;

internal sealed class SettlementsTests(StoreKind kind) : RedisFixture(kind)
{
    private const long Day = 86_400_000;
    private LedgerHarness _ledger = null!;

    [SetUp]
    public void NewSettlements() => _ledger = NewLedger();

    [Test]
    public async Task A_success_ends_the_job_and_is_found_with_its_money_and_its_answer()
    {
        var (id, batch) = await SubmittedAsync();
        await _ledger.SettleAsync(batch, _ledger.Succeeded());
        var detail = (await _ledger.Queries.FindAsync(id))!;
        Assert.Multiple(() =>
        {
            Assert.That(detail.View.State, Is.EqualTo(JobState.Succeeded));
            Assert.That(detail.View.Record.Attempts, Is.EqualTo(1));
            Assert.That(detail.View.CurrentBatch!.Id, Is.EqualTo(batch.Record.Id));
            Assert.That(detail.Request, Is.Null, "dropped on success");
            Assert.That(detail.View.Record.Has(JobFlags.DataRemoved), Is.True);
            Assert.That(detail.Outcome, Is.EqualTo(_ledger.Succeeded() with { Settlement = 1 }));
            Assert.That(detail.History, Is.EqualTo(new[] { new HistoryLine(1, batch.Record.Id, Outcome.Succeeded, null, _ledger.Store.Now) }));
        });
    }

    [Test]
    public async Task The_request_of_a_succeeded_job_stays_where_that_is_configured()
    {
        _ledger = new LedgerHarness(Redis.Connection, Namespace, configure: options => options with { DropRequestOnSuccess = false });
        var (id, batch) = await SubmittedAsync();
        await _ledger.SettleAsync(batch, _ledger.Succeeded());
        Assert.That((await _ledger.Queries.FindAsync(id))!.Request, Is.Not.Null);
    }

    [Test]
    public async Task A_failure_that_may_be_retried_goes_back_to_its_place_and_is_due_after_its_back_off()
    {
        var code = await _ledger.Codes.NumberOfAsync("rate_limit_exceeded");
        var (id, batch) = await SubmittedAsync();
        var later = await _ledger.EnqueueAsync(1);
        await _ledger.SettleAsync(batch, _ledger.Retried(code));
        var record = await _ledger.RecordAsync(id);
        Assert.That(record.State, Is.EqualTo(JobState.Queued));
        Assert.That(record.Attempts, Is.EqualTo(1));
        Assert.That(record.Has(JobFlags.CameBack | JobFlags.HasHistory), Is.True);
        Assert.That(record.DueMs, Is.EqualTo(_ledger.Store.NowMs + 60_000));
        Assert.That((await _ledger.PeekAsync()).Select(job => job.Sequence), Is.EqualTo(new[] { id.Sequence, later[0].Sequence }));
        Assert.That((await _ledger.Queries.FindAsync(id))!.History, Is.EqualTo(new[]
        {
            new HistoryLine(1, batch.Record.Id, Outcome.Failed, "rate_limit_exceeded", _ledger.Store.Now),
        }));
    }

    [Test]
    public async Task A_failure_for_good_is_a_dead_letter()
    {
        var code = await _ledger.Codes.NumberOfAsync("invalid_request");
        var (id, batch) = await SubmittedAsync();
        await _ledger.SettleAsync(batch, _ledger.Ended(Outcome.Failed, code));
        var detail = (await _ledger.Queries.FindAsync(id))!;
        Assert.That(detail.View.State, Is.EqualTo(JobState.Failed));
        Assert.That(detail.Code, Is.EqualTo("invalid_request"));
        Assert.That(detail.Request, Is.Not.Null, "a retry by hand needs it");
        Assert.That((await _ledger.Counts.CountAsync()).Dead, Is.EqualTo(1));
        Assert.That((await _ledger.Counts.CountAsync()).Total, Is.Zero);
    }

    [Test]
    public async Task A_job_cancelled_with_its_batch_costs_no_attempt()
    {
        var (id, batch) = await SubmittedAsync();
        await _ledger.SettleAsync(batch, _ledger.Ended(Outcome.Cancelled));
        var record = await _ledger.RecordAsync(id);
        Assert.That(record.State, Is.EqualTo(JobState.Cancelled));
        Assert.That(record.Attempts, Is.Zero);
        Assert.That((await _ledger.Queries.FindAsync(id))!.History, Is.Empty);
    }

    [Test]
    public async Task A_released_job_is_due_at_once_and_costs_no_attempt()
    {
        var (id, batch) = await SubmittedAsync();
        await _ledger.SettleAsync(batch, _ledger.Released());
        var record = await _ledger.RecordAsync(id);
        Assert.That(record.State, Is.EqualTo(JobState.Queued));
        Assert.That(record.Attempts, Is.Zero);
        Assert.That((await _ledger.Claims.PeekDueAsync(0, 10)).Select(job => job.Sequence), Is.EqualTo(new[] { id.Sequence }));
    }

    [Test]
    public async Task A_released_job_whose_deadline_passed_meanwhile_is_ended_like_any_queued_one()
    {
        var id = (await _ledger.EnqueueAsync(Job() with { Deadline = LedgerHarness.Start.AddMinutes(1) }))[0];
        var batch = await _ledger.ClaimAsync();
        _ledger.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.That(await _ledger.Desk.EndOverdueAsync(), Is.EqualTo(1));
        Assert.That((await _ledger.RecordAsync(id)).State, Is.EqualTo(JobState.Batched), "the deadline leaves a claimed job alone");
        await _ledger.SettleAsync(batch, _ledger.Released());
        Assert.That(await _ledger.Desk.EndOverdueAsync(), Is.EqualTo(1));
        Assert.That((await _ledger.RecordAsync(id)).Has(JobFlags.Overdue), Is.True);
    }

    [Test]
    public async Task Sums_count_every_outcome_once_in_the_batch_and_in_its_day()
    {
        await _ledger.EnqueueAsync(4);
        var batch = await _ledger.ClaimAsync();
        var settled = (await _ledger.SettleAsync(batch, _ledger.Succeeded(), _ledger.Retried()))!;
        Assert.That(await _ledger.SettleAsync(batch, _ledger.Succeeded(), _ledger.Retried()), Is.Null, "a repeat from before");
        settled = (await _ledger.Settlements.SettleAsync(settled, await RestAsync(settled)))!;
        var expected = new BatchTotals
        {
            Succeeded = 2, Failed = 1, Missing = 1, Requeued = 1, InputTokens = 200, OutputTokens = 40, CachedTokens = 20, RealtimePico = 4_000, BatchPico = 2_000, LastSettlement = 2,
        };
        Assert.That(settled.Totals, Is.EqualTo(expected));
        Assert.That((await _ledger.Batches.ReadAsync(batch.Number))!.Totals, Is.EqualTo(expected));
        var day = await _ledger.Database.HashGetAsync(_ledger.Keys.Day(_ledger.Store.NowMs / Day, batch.Record.LaneNumber), batch.Number);
        Assert.That(BatchTotals.Unpack(day) with { Unknown = null }, Is.EqualTo(expected));
        Assert.That(expected.Settled, Is.EqualTo(4));

        async Task<Settlement[]> RestAsync(OwnedBatch owned)
        {
            var manifest = await _ledger.Claims.ManifestAsync(owned.Number, 0);
            return [new(3, manifest[3], _ledger.Ended(Outcome.Missing) with { Settlement = 2 }), new(2, manifest[2], _ledger.Succeeded() with { Settlement = 2 })];
        }
    }

    [Test]
    public async Task A_settlement_over_midnight_is_counted_on_the_day_of_its_outcomes()
    {
        await _ledger.EnqueueAsync(2);
        var batch = (await _ledger.SettleAsync(await _ledger.ClaimAsync(), _ledger.Succeeded()))!;
        _ledger.Time.Advance(TimeSpan.FromDays(1));
        var manifest = await _ledger.Claims.ManifestAsync(batch.Number, 0);
        await _ledger.Settlements.SettleAsync(batch, [new Settlement(1, manifest[1], _ledger.Succeeded() with { Settlement = 2 })]);
        foreach (var day in new[] { 0, 1 })
        {
            var key = _ledger.Keys.Day(LedgerHarness.Start.ToUnixTimeMilliseconds() / Day + day, batch.Record.LaneNumber);
            Assert.That(BatchTotals.Unpack(await _ledger.Database.HashGetAsync(key, batch.Number)).Succeeded, Is.EqualTo(1), $"day {day}");
        }
    }

    [Test]
    public async Task Outcomes_are_read_by_place_over_chunks_and_empty_where_none_is()
    {
        await _ledger.EnqueueAsync(1000);
        var batch = await _ledger.ClaimAsync();
        var last = (await _ledger.EnqueueAsync(1))[0];
        batch = (await _ledger.Claims.ClaimAsync(batch, await _ledger.PeekAsync())).Batch!;
        var manifest = await _ledger.Claims.ManifestAsync(batch.Number, 0);
        await _ledger.Settlements.SettleAsync(batch, [new(1000, last.Sequence, One()), new(999, manifest[999], One())]);
        Assert.That(await _ledger.Settlements.OutcomeAsync(batch.Number, 1000), Is.EqualTo(One()));
        Assert.That(await _ledger.Settlements.OutcomeAsync(batch.Number, 998), Is.Null);
        var chunk = await _ledger.Settlements.OutcomesAsync(batch.Number, 0);
        Assert.That(chunk, Has.Length.EqualTo(1000));
        Assert.That(chunk.Count(outcome => outcome is not null), Is.EqualTo(1));
        Assert.That(await _ledger.StatesAsync(last), Is.EqualTo(new[] { JobState.Succeeded }));

        OutcomeRecord One() => _ledger.Succeeded() with { Settlement = 1 };
    }

    [Test]
    public async Task Five_hundred_outcomes_of_every_kind_are_one_settlement()
    {
        await _ledger.EnqueueAsync([.. Enumerable.Range(0, 500).Select(i => Job(1 + i % 10) with { Deadline = LedgerHarness.Start.AddDays(1) })]);
        var batch = await _ledger.ClaimAsync();
        Func<OutcomeRecord>[] kinds = [_ledger.Succeeded, () => _ledger.Retried(), () => _ledger.Ended(Outcome.Expired), _ledger.Released, () => _ledger.Ended(Outcome.Cancelled)];
        var settled = await _ledger.SettleAsync(batch, [.. Enumerable.Range(0, 500).Select(i => kinds[i % 5]())]);
        Assert.That(settled!.Totals.Settled, Is.EqualTo(500));
        var counts = await _ledger.Counts.CountAsync();
        Assert.That((counts.Total, counts.Dead), Is.EqualTo((200, 100)));
    }

    [Test]
    public async Task A_settlement_by_an_owner_of_an_earlier_epoch_changes_nothing()
    {
        var (id, batch) = await SubmittedAsync();
        await _ledger.Replica("two").Batches.OwnAsync(batch.Number);
        Assert.That(await _ledger.SettleAsync(batch, _ledger.Succeeded()), Is.Null);
        Assert.That((await _ledger.RecordAsync(id)).State, Is.EqualTo(JobState.Batched));
        Assert.That(await _ledger.Settlements.OutcomeAsync(batch.Number, 0), Is.Null);
    }

    [Test]
    public async Task Outcomes_that_do_not_carry_the_number_of_their_settlement_are_refused()
    {
        var (id, batch) = await SubmittedAsync();
        Assert.That(
            () => _ledger.Settlements.SettleAsync(batch, [new Settlement(0, id.Sequence, _ledger.Succeeded() with { Settlement = 7 })]),
            Throws.ArgumentException);
    }

    private async Task<(JobId Id, OwnedBatch Batch)> SubmittedAsync()
    {
        var id = (await _ledger.EnqueueAsync(1))[0];
        var batch = await _ledger.MoveAsync(await _ledger.ClaimAsync(), BatchState.Submitting);
        var created = batch.Record with { State = BatchState.Submitted, ProviderBatchId = "batch_1", SubmittedAt = _ledger.Store.Now };
        batch = (await _ledger.Batches.ChangeAsync(batch, created, _ledger.Store.Now))!;
        Assert.That((await _ledger.Queries.FindAsync(id))!.View.State, Is.EqualTo(JobState.Submitted));
        return (id, batch);
    }
}
