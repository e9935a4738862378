using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Queue;

/// <summary>The create lane of an account and whose its batches are, on a real store.</summary>
internal sealed class AccountClaimsTests(StoreKind kind) : RedisFixture(kind)
{
    private const string Account = "00112233aabbccdd";

    private LedgerHarness _ledger = null!;
    private AccountClaims _claims = null!;

    [SetUp]
    public void Open()
    {
        _ledger = NewLedger();
        _claims = new AccountClaims(_ledger.Store);
    }

    [Test]
    public async Task Of_two_batches_only_one_may_begin_a_create_call()
    {
        var (first, second) = (await SealedAsync(), await SealedAsync());
        first = (await IntendAsync(first))!;
        Assert.That(await IntendAsync(second), Is.Null);
        Assert.That((await _ledger.Batches.ReadAsync(second.Number))!.Record.Intent, Is.Null, "nothing was written");
        Assert.That(await _claims.IsLaneFreeAsync(Account, second.Number), Is.False);
        Assert.That(await _claims.IsLaneFreeAsync(Account, first.Number), Is.True, "its own");
        Assert.That(await _claims.IsLaneFreeAsync("another account", second.Number), Is.True);

        await BindAsync(first, "pb-1");
        Assert.That(await IntendAsync(second), Is.Not.Null);
    }

    [Test]
    public async Task Many_replicas_at_once_begin_one_create_call()
    {
        var batches = new List<OwnedBatch>();
        for (var i = 0; i < 12; i++)
        {
            batches.Add(await SealedAsync());
        }
        var begun = await Task.WhenAll(batches.Select(batch => Task.Run(() => IntendAsync(batch))));
        Assert.That(begun.Count(batch => batch is not null), Is.EqualTo(1));
    }

    [Test]
    public async Task A_call_in_doubt_keeps_the_lane_and_every_way_out_gives_it_back()
    {
        var batch = (await IntendAsync(await SealedAsync()))!;
        var other = await SealedAsync();
        batch = (await _ledger.Batches.DoubtAsync(batch, "reset", _ledger.Store.Now))!;
        Assert.That(await _claims.IsLaneFreeAsync(Account, other.Number), Is.False);
        batch = (await _ledger.Batches.ChangeAsync(batch, batch.Record with { State = BatchState.Submitting, Intent = null }, _ledger.Store.Now))!;
        Assert.That(await _ledger.Database.HashLengthAsync(_ledger.Keys.CreateLanes), Is.Zero);

        batch = (await IntendAsync(batch))!;
        await _ledger.Batches.EndAsync(batch, new BatchEnding(BatchState.Failed, Leftover.Refused), null, _ledger.Store.Now);
        Assert.That(await _ledger.Database.HashLengthAsync(_ledger.Keys.CreateLanes), Is.Zero);
    }

    [Test]
    public async Task After_a_guess_the_lane_is_free_when_its_time_is_over()
    {
        var batch = (await IntendAsync(await SealedAsync()))!;
        var other = await SealedAsync();
        batch = (await _ledger.Batches.DoubtAsync(batch, "reset", _ledger.Store.Now))!;
        batch = (await GuessAsync(batch, "pb-1", _ledger.Store.Now.AddSeconds(60)))!;
        Assert.That(await IntendAsync(other), Is.Null);

        _ledger.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.That(await IntendAsync(other), Is.Not.Null);
        Assert.That(await _ledger.Batches.ChangeAsync(batch, batch.Record with { Guess = null }, _ledger.Store.Now), Is.Not.Null);
        Assert.That(await _claims.IsLaneFreeAsync(Account, batch.Number), Is.False, "the other one's lane is not given back");
    }

    [Test]
    public async Task A_guess_goes_back_into_doubt_only_while_the_lane_is_free()
    {
        var batch = (await IntendAsync(await SealedAsync()))!;
        var other = await SealedAsync();
        batch = (await _ledger.Batches.DoubtAsync(batch, "reset", _ledger.Store.Now))!;
        batch = (await GuessAsync(batch, "pb-1", null))!;
        other = (await IntendAsync(other))!;
        Assert.That(await UnbindAsync(batch), Is.Null);

        await BindAsync(other, "pb-2");
        Assert.That(await UnbindAsync(batch), Is.Not.Null);
        Assert.That(await _claims.IsBoundAsync(Account, "pb-1"), Is.False);
    }

    [Test]
    public async Task What_a_torn_transaction_left_counts_for_nothing()
    {
        var (first, second) = (await SealedAsync(), await SealedAsync());
        await _ledger.Database.HashSetAsync(_ledger.Keys.CreateLanes, Account, first.Number);
        await _ledger.Database.HashSetAsync(_ledger.Keys.Bound(Account), "pb-1", first.Number);
        Assert.That(await _claims.IsBoundElsewhereAsync(Account, "pb-1", second.Number), Is.False);
        Assert.That(await IntendAsync(second), Is.Not.Null);
        Assert.That(await IntendAsync(first), Is.Null);
    }

    [Test]
    public async Task A_batch_of_the_provider_is_guessed_for_one_batch_only()
    {
        var first = await BindAsync((await IntendAsync(await SealedAsync()))!, "pb-1");
        Assert.That(await _claims.IsBoundAsync(Account, "pb-1"), Is.True);
        Assert.That(await _claims.IsBoundElsewhereAsync(Account, "pb-1", first!.Number), Is.False);

        var second = (await IntendAsync(await SealedAsync()))!;
        second = (await _ledger.Batches.DoubtAsync(second, "reset", _ledger.Store.Now))!;
        Assert.That(await _claims.IsBoundElsewhereAsync(Account, "pb-1", second.Number), Is.True);
        Assert.That(await GuessAsync(second, "pb-1", null), Is.Null);
        Assert.That(await GuessAsync(second, "pb-2", null), Is.Not.Null);
    }

    private async Task<OwnedBatch> SealedAsync()
    {
        await _ledger.EnqueueAsync(LedgerSteps.Job(lane: LedgerHarness.Messages));
        var batch = await _ledger.ClaimAsync(LedgerHarness.Messages);
        return (await _ledger.Batches.ChangeAsync(batch, batch.Record with { State = BatchState.Submitting, Account = Account }, _ledger.Store.Now))!;
    }

    private Task<OwnedBatch?> IntendAsync(OwnedBatch batch) => _ledger.Batches.IntendAsync(
        batch,
        batch.Record with { Intent = new SubmitIntent(1, Account, _ledger.Store.Now, "", null, 1) { HoldsLane = true } });

    private Task<OwnedBatch?> BindAsync(OwnedBatch batch, string id) =>
        _ledger.Batches.ChangeAsync(batch, batch.Record with { State = BatchState.Submitted, ProviderBatchId = id, Intent = null }, _ledger.Store.Now);

    private Task<OwnedBatch?> GuessAsync(OwnedBatch batch, string id, DateTimeOffset? until) => _ledger.Batches.ChangeAsync(
        batch,
        batch.Record with { State = BatchState.Submitted, ProviderBatchId = id, Intent = null, Guess = batch.Record.Intent! with { LaneHeldUntil = until } },
        _ledger.Store.Now);

    private Task<OwnedBatch?> UnbindAsync(OwnedBatch batch) => _ledger.Batches.ChangeAsync(
        batch,
        batch.Record with { State = BatchState.InDoubt, ProviderBatchId = null, Guess = null, Intent = batch.Record.Guess! with { LaneHeldUntil = null } },
        _ledger.Store.Now);
}
