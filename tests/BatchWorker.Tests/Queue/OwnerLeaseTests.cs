using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Queue;

internal sealed class OwnerLeaseTests(StoreKind kind) : RedisFixture(kind)
{
    private LedgerHarness _one = null!;
    private LedgerHarness _two = null!;
    private OwnedBatch _batch = null!;

    [SetUp]
    public async Task TakeAsync()
    {
        _one = NewLedger();
        _two = _one.Replica("two");
        await _one.Lease.TakeAsync();
        await _two.Lease.TakeAsync();
        await _one.EnqueueAsync(1);
        _batch = await _one.ClaimAsync();
    }

    [Test]
    public async Task A_batch_is_taken_over_only_when_the_lease_of_its_owner_has_run_out()
    {
        Assert.That(await _two.Batches.OwnAsync(_batch.Number), Is.Null);
        _one.Time.Advance(_one.Store.Options.Lease - TimeSpan.FromMilliseconds(1));
        Assert.That(await _two.Batches.OwnAsync(_batch.Number), Is.Null);
        _one.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That((await _two.Batches.OwnAsync(_batch.Number))!.Epoch, Is.EqualTo("2"));
        Assert.That(await _one.Claims.SealAsync(_batch), Is.Null, "the old owner is fenced");
    }

    [Test]
    public async Task A_renewed_lease_keeps_the_batches()
    {
        for (var i = 0; i < 5; i++)
        {
            _one.Time.Advance(_one.Lease.RenewEvery);
            Assert.That(await _one.Lease.RenewAsync(), Is.True);
        }
        Assert.That(await _two.Batches.OwnAsync(_batch.Number), Is.Null);
        Assert.That(await _one.Claims.SealAsync(_batch), Is.Not.Null);
    }

    [Test]
    public async Task A_lease_that_was_given_back_is_taken_over_at_once()
    {
        await _one.Lease.ReleaseAsync();
        Assert.That(_one.Lease.IsTrusted, Is.False);
        Assert.That(await _two.Batches.OwnAsync(_batch.Number), Is.Not.Null);
    }

    [Test]
    public async Task A_restarted_owner_has_its_batches_at_once_and_fences_its_earlier_life()
    {
        var restarted = _one.Replica("one");
        await restarted.Lease.TakeAsync();
        Assert.That((await restarted.Batches.OwnAsync(_batch.Number))!.Epoch, Is.EqualTo("2"));
        Assert.That(await _one.Claims.SealAsync(_batch), Is.Null);
        Assert.That(await _one.Lease.RenewAsync(), Is.False, "another process uses the name");
        Assert.That(_one.Lease.IsTrusted, Is.False);
        Assert.That(await restarted.Lease.RenewAsync(), Is.True);
    }

    [Test]
    public void Trust_ends_before_another_replica_may_take_over()
    {
        Assert.That(_one.Lease.IsTrusted, Is.True);
        _one.Time.Advance(_one.Store.Options.Lease * 0.8);
        Assert.That(_one.Lease.IsTrusted, Is.False);
    }

    [Test]
    public async Task Trust_is_counted_from_before_the_renewal_was_sent()
    {
        _one.Time.AutoAdvanceAmount = _one.Store.Options.Lease * 0.3; // with every look at the clock: when it is sent, and in the store
        Assert.That(await _one.Lease.RenewAsync(), Is.True);
        _one.Time.AutoAdvanceAmount = TimeSpan.Zero;
        _one.Time.Advance(_one.Store.Options.Lease * 0.2);
        Assert.That(_one.Lease.IsTrusted, Is.False);
    }

    [Test]
    public async Task Of_many_replicas_that_take_over_at_once_one_may_act()
    {
        _one.Time.Advance(_one.Store.Options.Lease);
        var replicas = Enumerable.Range(0, 10).Select(i => _one.Replica("new" + i)).ToArray();
        await Task.WhenAll(replicas.Select(replica => replica.Lease.TakeAsync()));
        var owned = await Task.WhenAll(replicas.Select(replica => replica.Batches.OwnAsync(_batch.Number)));
        Assert.That(owned.Count(batch => batch is not null), Is.EqualTo(1));
    }

    [Test]
    public async Task A_batch_that_does_not_exist_has_no_owner() => Assert.That(await _one.Batches.OwnAsync(99), Is.Null);
}
