using BatchWorker.Queue;
using BatchWorker.Settings;
using BatchWorker.Tests.Archive;
using BatchWorker.Tests.Fixtures;
using Stored = BatchWorker.Tests.Archive.Results;

namespace BatchWorker.Tests.Queue;

/// <summary>A ledger and the results that it leads to belong together.</summary>
internal sealed class ResultStoreMarkTests(StoreKind kind) : RedisFixture(kind)
{
    private LedgerHarness _ledger = null!;

    [SetUp]
    public void NewLedger() => _ledger = base.NewLedger();

    [Test]
    public async Task The_first_store_is_the_ledgers_and_every_other_is_refused()
    {
        using var shared = new SegmentDirectory();
        using var own = new SegmentDirectory();
        await ResultStoreCheck.RunAsync(_ledger.Store, shared.Root);
        await ResultStoreCheck.RunAsync(_ledger.Store, shared.Root);
        Assert.That(() => ResultStoreCheck.RunAsync(_ledger.Store, own.Root), Throws.InstanceOf<StartRefusal>()
            .With.Property("ExitCode").EqualTo(78).And.Message.StartsWith("BATCH_RESULT_STORE:"));
        Assert.That(() => ResultStoreCheck.RunAsync(_ledger.Store, null), Throws.InstanceOf<StartRefusal>());
    }

    [Test]
    public async Task Results_in_redis_are_a_store_of_their_own()
    {
        using var directory = new SegmentDirectory();
        await ResultStoreCheck.RunAsync(_ledger.Store, null);
        await ResultStoreCheck.RunAsync(_ledger.Store, null);
        Assert.That(() => ResultStoreCheck.RunAsync(_ledger.Store, directory.Root), Throws.InstanceOf<StartRefusal>());
    }

    [Test]
    public async Task Replicas_that_start_together_agree_on_one_store()
    {
        var agreed = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => new ResultStoreMark(_ledger.Replica($"r{i}").Store).AgreeAsync($"store {i}", 0)));
        Assert.That(agreed.Count(one => one), Is.EqualTo(1));
    }

    [Test]
    public async Task A_directory_that_is_older_than_its_ledger_keeps_its_segments()
    {
        using var directory = new SegmentDirectory();
        await directory.WriteAsync(7, [Stored.Answer(1, "old")]);
        await directory.WriteAsync(2_041, [Stored.Answer(2, "old")]);
        await ResultStoreCheck.RunAsync(_ledger.Store, directory.Root);
        await _ledger.EnqueueAsync(1);
        Assert.That(await _ledger.Batches.NextSegmentAsync(await _ledger.ClaimAsync()), Is.EqualTo(2_042));
    }

    [Test]
    public void A_damaged_store_id_is_a_refusal()
    {
        using var directory = new SegmentDirectory();
        File.WriteAllText(Path.Combine(directory.Root, "store-id"), "?");
        Assert.That(() => ResultStoreCheck.RunAsync(_ledger.Store, directory.Root), Throws.InstanceOf<StartRefusal>());
    }
}
