using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Callbacks;

/// <summary>An end and its event are one, wherever the store is cut off.</summary>
internal sealed class OutboxTests(StoreKind kind) : RedisFixture(kind)
{
    private const string Url = "https://hooks.example.com/a";
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(1);
    private static readonly uint s_host = CallbackMark.HostOf(Url);

    [Test]
    public async Task A_cancellation_that_was_cut_off_is_told_once_it_is_done_and_not_before()
    {
        var writes = await CutOffScript.AtEveryWriteAsync(
            async () =>
            {
                var ledger = NewLedger(NewNamespace());
                return (ledger, (await ledger.EnqueueAsync(Told())).Single());
            },
            (ledger, id) => ledger.Desk.CancelAsync(id),
            async (ledger, id) =>
            {
                var early = await DueAsync(ledger);
                var state = (await ledger.StatesAsync([id])).Single();
                Assert.That(early, state == JobState.Cancelled ? Is.EqualTo(new[] { $"{id}_cancelled" }) : Is.Empty, "what has not happened is not told");
                await ledger.Desk.CancelAsync(id);
                ledger.Time.Advance(s_lease * 2);
                Assert.That(await DueAsync(ledger), Is.EqualTo(new[] { $"{id}_cancelled" }));
                Assert.That((await ledger.Callbacks.CountAsync()).Pending, Is.EqualTo(1));
            });
        Assert.That(writes, Is.GreaterThan(8));
    }

    [Test]
    public async Task A_deadline_that_was_cut_off_is_told()
    {
        await CutOffScript.AtEveryWriteAsync(
            async () =>
            {
                var ledger = NewLedger(NewNamespace());
                var id = (await ledger.EnqueueAsync(Told() with { Deadline = LedgerHarness.Start.AddHours(1) })).Single();
                ledger.Time.Advance(TimeSpan.FromHours(2));
                return (ledger, id);
            },
            (ledger, _) => ledger.Desk.EndOverdueAsync(),
            async (ledger, id) =>
            {
                await ledger.Desk.EndOverdueAsync();
                Assert.That(await DueAsync(ledger), Is.EqualTo(new[] { $"{id}_failed" }));
            });
    }

    [Test]
    public async Task A_settlement_that_was_cut_off_tells_of_every_job_with_a_callback_and_of_no_other()
    {
        var writes = await CutOffScript.AtEveryWriteAsync(
            async () =>
            {
                var ledger = NewLedger(NewNamespace());
                var ids = await ledger.EnqueueAsync(Told(), Job(), Told(), Told());
                var batch = (await ledger.Claims.SealAsync(await ledger.ClaimAsync()))!;
                return (ledger, (Ids: ids, Batch: await ledger.MoveAsync(batch, BatchState.Submitted, BatchState.Retrieving)));
            },
            (ledger, scene) => ledger.SettleAsync(scene.Batch, ledger.Succeeded(), ledger.Succeeded(), ledger.Retried(), ledger.Succeeded()),
            async (ledger, scene) =>
            {
                await DueAsync(ledger);
                var batch = (await ledger.Settlements.FinishAsync((await ledger.Batches.OwnAsync(scene.Batch.Number))!))!;
                await SettleRestAsync(ledger, batch);
                ledger.Time.Advance(s_lease * 2);
                Assert.That(await DueAsync(ledger), Is.EquivalentTo(new[] { $"{scene.Ids[0]}_succeeded", $"{scene.Ids[3]}_succeeded" }));
            });
        Assert.That(writes, Is.GreaterThan(10));
    }

    [Test]
    public async Task A_retry_takes_back_what_was_not_told_and_the_next_end_has_an_id_of_its_own()
    {
        await CutOffScript.AtEveryWriteAsync(
            async () =>
            {
                var ledger = NewLedger(NewNamespace());
                var id = (await ledger.EnqueueAsync(Told())).Single();
                await ledger.Desk.CancelAsync(id);
                return (ledger, id);
            },
            (ledger, id) => ledger.Desk.RetryAsync(id),
            async (ledger, id) =>
            {
                var state = (await ledger.StatesAsync([id])).Single();
                Assert.That(await DueAsync(ledger), state == JobState.Cancelled ? Is.EqualTo(new[] { $"{id}_cancelled" }) : Is.Empty);
                await ledger.Desk.RetryAsync(id);
                await ledger.Desk.CancelAsync(id);
                ledger.Time.Advance(s_lease * 2);
                Assert.That(await DueAsync(ledger), Is.EqualTo(new[] { $"{id}_cancelled_2" }));
            });
    }

    [Test]
    public async Task A_delivery_that_was_cut_off_while_it_was_written_down_is_repeated_or_done()
    {
        await CutOffScript.AtEveryWriteAsync(
            async () =>
            {
                var ledger = NewLedger(NewNamespace());
                var id = (await ledger.EnqueueAsync(Told())).Single();
                await ledger.Desk.CancelAsync(id);
                await ledger.Callbacks.TakeAsync(s_host, 10, s_lease);
                return (ledger, (await ledger.Callbacks.FindAsync(id))!);
            },
            (ledger, callback) => ledger.Callbacks.WriteAsync(callback, callback.Delivery with { State = DeliveryState.Delivered, Attempts = 1 }),
            async (ledger, callback) =>
            {
                ledger.Time.Advance(s_lease * 2);
                var state = (await ledger.Callbacks.FindAsync(callback.Event.Subject))!.Delivery.State;
                Assert.That(await DueAsync(ledger), state == DeliveryState.Delivered ? Is.Empty : Is.EqualTo(new[] { callback.WebhookId }));
                Assert.That((await ledger.Callbacks.CountAsync()).Pending, Is.EqualTo(state == DeliveryState.Delivered ? 0 : 1));
                Assert.That((await ledger.Callbacks.ListAsync(long.MaxValue, 10)).Found, Has.Count.EqualTo(state == DeliveryState.Delivered ? 0 : 1));
            });
    }

    [Test]
    public async Task Events_that_are_taken_belong_to_one_replica_until_its_lease_is_over()
    {
        var ledger = NewLedger();
        var ids = await ledger.EnqueueAsync([.. Enumerable.Range(0, 30).Select(_ => Told())]);
        foreach (var id in ids)
        {
            await ledger.Desk.CancelAsync(id);
        }
        var other = ledger.Replica("two");
        var taken = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? ledger : other).Callbacks.TakeAsync(s_host, 4, s_lease)));
        Assert.That(taken.SelectMany(part => part).Select(subject => subject.Number), Is.EquivalentTo(ids.Select(id => id.Sequence)), "each is taken once");
        Assert.That(await other.Callbacks.DueHostsAsync(10), Is.Empty);
        ledger.Time.Advance(s_lease);
        Assert.That(await other.Callbacks.DueHostsAsync(10), Is.EqualTo(new[] { s_host }));
        Assert.That(await other.Callbacks.TakeAsync(s_host, 100, s_lease), Has.Length.EqualTo(30), "what a replica that died had taken is taken over");
    }

    [Test]
    public async Task Events_go_with_their_jobs()
    {
        var ledger = NewLedger();
        var ids = await ledger.EnqueueAsync([.. Enumerable.Range(0, RedisKeys.BucketSize).Select(_ => Told())]);
        await ledger.Bulk.RunAsync(new BulkWish(JobAction.Cancel, new JobFilter(), null, null, DryRun: false), CancellationToken.None);
        var given = (await ledger.Callbacks.FindAsync(ids[0]))!;
        await ledger.Callbacks.WriteAsync(given, given.Delivery with { State = DeliveryState.Exhausted });
        Assert.That(await ledger.Callbacks.CountAsync(), Is.EqualTo((Pending: RedisKeys.BucketSize - 1L, GivenUp: 1L, Oldest: (DateTimeOffset?)LedgerHarness.Start)));
        ledger.Time.Advance(TimeSpan.FromDays(40));
        var dropped = await new JobRetention(ledger.Store).DropAsync(ledger.Store.Now - TimeSpan.FromDays(30));
        Assert.That(dropped, Is.Positive);
        Assert.That(await ledger.Callbacks.CountAsync(), Is.EqualTo((0L, 0L, (DateTimeOffset?)null)));
        Assert.That((await ledger.Callbacks.ListAsync(long.MaxValue, 1000)).Found, Is.Empty);
        Assert.That(await DueAsync(ledger), Is.Empty);
        Assert.That(await Database.KeyExistsAsync(ledger.Keys.Deliveries(0)), Is.False);
    }

    /// <summary>The places that have no outcome yet; the third is run again.</summary>
    private static async Task SettleRestAsync(LedgerHarness ledger, OwnedBatch batch)
    {
        var manifest = await ledger.Claims.ManifestAsync(batch.Number, 0);
        for (var place = 0; place < manifest.Count; place++)
        {
            if (await ledger.Settlements.OutcomeAsync(batch.Number, place) is null)
            {
                var outcome = (place == 2 ? ledger.Retried() : ledger.Succeeded()) with { Settlement = batch.Settlements + 1 };
                batch = (await ledger.Settlements.SettleAsync(batch, [new Settlement(place, manifest[place], outcome)]))!;
            }
        }
    }

    private static NewJob Told() => Job() with { CallbackUrl = Url };

    /// <summary>Ids of all events that are due, as whoever delivers finds them.</summary>
    private static async Task<List<string>> DueAsync(LedgerHarness ledger)
    {
        var found = new List<string>();
        foreach (var host in await ledger.Callbacks.DueHostsAsync(10))
        {
            foreach (var subject in await ledger.Callbacks.TakeAsync(host, 100, s_lease))
            {
                if (await ledger.Callbacks.FindDueAsync(subject, host) is { } callback)
                {
                    found.Add(callback.WebhookId);
                }
            }
        }
        return found;
    }
}
