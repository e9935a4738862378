using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Queue;

internal sealed class BatchLedgerTests(StoreKind kind) : RedisFixture(kind)
{
    private LedgerHarness _ledger = null!;
    private OwnedBatch _batch = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        _ledger = NewLedger();
        await _ledger.EnqueueAsync(2);
        _batch = await _ledger.ClaimAsync();
    }

    [Test]
    public async Task An_open_batch_is_found_by_its_number_and_listed()
    {
        var found = await _ledger.Batches.ReadAsync(_batch.Number);
        Assert.That(found!.Record, Is.EqualTo(_batch.Record).UsingPropertiesComparer());
        Assert.That(found.Record.BatchId.Sequence, Is.EqualTo(_batch.Number));
        Assert.That(found.Claimed, Is.EqualTo(2));
        Assert.That(await _ledger.Database.SortedSetScoreAsync(_ledger.Keys.OpenBatches, _batch.Number), Is.Not.Null);
        Assert.That(await _ledger.Database.SortedSetScoreAsync(_ledger.Keys.Batches, _batch.Number), Is.Not.Null);
        Assert.That(await _ledger.Batches.ReadAsync(99), Is.Null);
    }

    [Test]
    public async Task A_state_decides_whose_work_a_batch_is()
    {
        (BatchState State, BatchWork? Work)[] path =
        [
            (BatchState.Submitting, BatchWork.Submit), (BatchState.InDoubt, BatchWork.Poll), (BatchState.Submitted, BatchWork.Poll),
            (BatchState.InProgress, BatchWork.Poll), (BatchState.Retrieving, BatchWork.Retrieve), (BatchState.Completed, null),
        ];
        foreach (var (state, expected) in path)
        {
            _batch = await _ledger.MoveAsync(_batch, state);
            foreach (var work in Enum.GetValues<BatchWork>())
            {
                Assert.That(await _ledger.Batches.DueAsync(work, 10), work == expected ? Is.EqualTo(new[] { _batch.Number }) : Is.Empty, $"{state}, {work}");
            }
        }
        Assert.That(await _ledger.Database.SortedSetLengthAsync(_ledger.Keys.OpenBatches), Is.Zero);
        Assert.That(await _ledger.Database.SortedSetLengthAsync(_ledger.Keys.Batches), Is.EqualTo(1));
    }

    [Test]
    public void A_move_that_is_not_in_the_table_is_refused() =>
        Assert.That(() => _ledger.MoveAsync(_batch, BatchState.Completed), Throws.InvalidOperationException);

    [Test]
    public async Task Of_two_changes_to_the_same_record_the_second_is_refused()
    {
        Assert.That(await _ledger.Batches.ChangeAsync(_batch, _batch.Record with { Failures = 1 }, _ledger.Store.Now), Is.Not.Null);
        Assert.That(await _ledger.Batches.ChangeAsync(_batch, _batch.Record with { Failures = 2 }, _ledger.Store.Now), Is.Null);
        Assert.That((await _ledger.Batches.ReadAsync(_batch.Number))!.Record.Failures, Is.EqualTo(1));
    }

    [Test]
    public async Task An_owner_of_an_earlier_epoch_changes_nothing()
    {
        var again = await _ledger.Batches.OwnAsync(_batch.Number);
        Assert.That(again!.Epoch, Is.EqualTo("2"));
        Assert.That(await _ledger.Batches.ChangeAsync(_batch, _batch.Record with { Failures = 1 }, _ledger.Store.Now), Is.Null);
        Assert.That(await _ledger.Claims.SealAsync(again), Is.Not.Null);
    }

    [Test]
    public async Task A_batch_is_looked_at_when_it_is_due()
    {
        _batch = (await _ledger.Batches.ChangeAsync(_batch, _batch.Record with { State = BatchState.Submitting }, _ledger.Store.Now.AddSeconds(30)))!;
        Assert.That(await _ledger.Batches.DueAsync(BatchWork.Submit, 10), Is.Empty);
        _ledger.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.That(await _ledger.Batches.DueAsync(BatchWork.Submit, 10), Is.EqualTo(new[] { _batch.Number }));
        await _ledger.Batches.PostponeAsync(_batch.Number, BatchWork.Submit, _ledger.Store.Now.AddSeconds(5));
        Assert.That(await _ledger.Batches.DueAsync(BatchWork.Submit, 10), Is.Empty);
        await _ledger.Batches.PostponeAsync(_batch.Number, BatchWork.Poll, _ledger.Store.Now);
        Assert.That(await _ledger.Batches.DueAsync(BatchWork.Poll, 10), Is.Empty, "put off in a room that it is not in");
    }

    [Test]
    public async Task A_cancellation_is_seen_at_once_and_stops_the_last_step_before_money()
    {
        _batch = (await _ledger.Batches.ChangeAsync(_batch, _batch.Record with { State = BatchState.Submitting }, _ledger.Store.Now.AddHours(1)))!;
        Assert.That(await _ledger.Wishes.CancelAsync(_batch), Is.True);
        Assert.That(await _ledger.Batches.DueAsync(BatchWork.Submit, 10), Is.EqualTo(new[] { _batch.Number }));
        Assert.That((await _ledger.Batches.ReadAsync(_batch.Number))!.CancelRequestedAt, Is.EqualTo(_ledger.Store.Now));
        var intent = _batch.Record with { Attempt = 1, Intent = new SubmitIntent(1, "account", _ledger.Store.Now, null, null, 1) };
        Assert.That(await _ledger.Batches.IntendAsync(_batch, intent), Is.Null);
        Assert.That(await _ledger.Batches.ChangeAsync(_batch, intent, _ledger.Store.Now), Is.Not.Null);
    }

    [Test]
    public async Task A_cancellation_is_accepted_although_the_batch_has_changed_since_it_was_read()
    {
        var seen = _batch;
        _batch = await _ledger.MoveAsync(_batch, BatchState.Submitting, BatchState.Submitted);
        Assert.That(await _ledger.Wishes.CancelAsync(seen), Is.True);
        Assert.That(await _ledger.Wishes.CancelAsync(await _ledger.MoveAsync(_batch, BatchState.Retrieving)), Is.False);
    }

    [Test]
    public async Task A_repeated_cancellation_keeps_the_time_of_the_first()
    {
        await _ledger.Wishes.CancelAsync(_batch);
        _ledger.Time.Advance(TimeSpan.FromHours(1));
        await _ledger.Wishes.CancelAsync(_batch);
        Assert.That((await _ledger.Batches.ReadAsync(_batch.Number))!.CancelRequestedAt, Is.EqualTo(LedgerHarness.Start));
    }

    [TestCase("batch_abc")]
    [TestCase("")]
    public async Task A_word_about_an_unknown_create_call_reaches_the_owner(string word)
    {
        Assert.That(await _ledger.Wishes.ResolveAsync(_batch, word), Is.False, "not in doubt");
        _batch = await _ledger.MoveAsync(_batch, BatchState.Submitting, BatchState.InDoubt);
        Assert.That(await _ledger.Wishes.ResolveAsync(_batch, word), Is.True);
        Assert.That((await _ledger.Batches.OwnAsync(_batch.Number))!.Resolution, Is.EqualTo(word));
    }
}
