using BatchWorker.Queue;
using BatchWorker.Tests.Control;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Callbacks;

/// <summary>Where an address for batches is set, every ended batch is told there.</summary>
internal sealed class BatchEventTests(StoreKind kind) : EachStore(kind)
{
    [Test]
    public async Task A_batch_that_ends_is_told_once_with_its_state_and_counts()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var harness = await CallbackHarness.StartAsync(batchUrl: receiver.Url);
        await harness.Jobs.EnqueueAsync(3);
        var batch = await harness.Jobs.EndAsync(await harness.Jobs.SealAsync(LedgerJobs.Chat));
        await harness.DeliverAsync();
        await harness.PassAsync(TimeSpan.FromDays(1));
        var call = receiver.Calls.Single();
        Assert.That(StandardWebhook.WhyNot(call.Headers, call.Body, CallbackHarness.Secret, LedgerHarness.Start), Is.Null);
        Assert.That(call.Id, Is.EqualTo(batch.Record.Id + "_completed"));
        Assert.That(call.Json.GetProperty("batch_id").GetString(), Is.EqualTo(batch.Record.Id));
        Assert.That(call.Json.GetProperty("counts").GetProperty("succeeded").GetInt32(), Is.EqualTo(3));
        Assert.That(await harness.Get<CallbackLedger>().CountAsync(), Is.EqualTo((0L, 0L, (DateTimeOffset?)null)));
    }

    [Test]
    public async Task Batches_that_nobody_took_are_listed_before_jobs()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (context, _) => Receiver.Status(context, 500);
        await using var harness = await CallbackHarness.StartAsync(batchUrl: receiver.Url);
        var id = (await harness.EnqueueAsync(receiver.Url)).Single();
        var batch = await harness.Jobs.EndAsync(await harness.Jobs.SealAsync(LedgerJobs.Chat));
        await harness.DeliverAsync();
        var ledger = harness.Get<CallbackLedger>();
        var (first, next) = await ledger.ListAsync(long.MaxValue, 1);
        Assert.That(first.Single().Id, Is.EqualTo(batch.Record.Id));
        Assert.That((await ledger.ListAsync(next!.Value, 10)).Found.Single().Id, Is.EqualTo(id));
    }
}
