using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Queue;

internal sealed class SwitchesTests(StoreKind kind) : RedisFixture(kind)
{
    [Test]
    public async Task The_scheduler_is_stopped_for_all_replicas_until_it_is_started()
    {
        var ledger = NewLedger();
        var other = ledger.Replica("two");
        Assert.That(await other.Switches.IsSchedulerStoppedAsync(), Is.False);
        await ledger.Switches.StopSchedulerAsync();
        Assert.That(await other.Switches.IsSchedulerStoppedAsync(), Is.True);
        await other.Switches.StartSchedulerAsync();
        Assert.That(await ledger.Switches.IsSchedulerStoppedAsync(), Is.False);
    }

    [Test]
    public async Task Changes_to_one_provider_by_many_at_once_are_all_kept()
    {
        var ledger = NewLedger();
        var hold = LedgerHarness.Start;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => ledger.Replica("r" + i).Switches.ChangeAsync(
            Provider.OpenAi, known => known with { HoldUntil = (known.HoldUntil ?? hold).AddSeconds(1) })));
        Assert.That((await ledger.Switches.ProviderAsync(Provider.OpenAi)).HoldUntil, Is.EqualTo(hold.AddSeconds(20)));
        Assert.That(await ledger.Switches.ProviderAsync(Provider.Gemini), Is.EqualTo(new ProviderSwitch()));
        Assert.That(await ledger.Switches.ChangeAsync(Provider.OpenAi, known => known), Is.False);
    }

    [Test]
    public async Task A_limit_for_suspects_belongs_to_its_lane()
    {
        var switches = NewLedger().Switches;
        await switches.SetSuspectLimitAsync(3, 128);
        Assert.That(await switches.SuspectLimitAsync(3), Is.EqualTo(128));
        Assert.That(await switches.SuspectLimitAsync(4), Is.EqualTo(int.MaxValue));
    }

    [Test]
    public async Task A_word_has_one_number_whoever_asks_first()
    {
        var ledger = NewLedger();
        var numbers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => ledger.Replica("r" + i).Codes.NumberOfAsync("code" + i % 4)));
        Assert.That(numbers.Distinct().Order(), Is.EqualTo(new[] { 1, 2, 3, 4 }));
        Assert.That(await ledger.Codes.CodeOfAsync(numbers[2]), Is.EqualTo("code2"));
        Assert.That(await ledger.Codes.CodeOfAsync(0), Is.Null);
    }
}
