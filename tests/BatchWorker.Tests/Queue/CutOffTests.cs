using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Queue;

/// <summary>A store that dies inside a script leaves the first writes of it; from each number of them the ledger goes on as if nothing had happened.</summary>
internal sealed class CutOffTests(StoreKind kind) : RedisFixture(kind)
{
    [Test]
    public async Task An_acceptance_is_finished_and_its_repetition_finds_every_job_once()
    {
        var jobs = Enumerable.Range(0, 6).Select(i => Job(priority: 1 + i) with
        {
            Idempotency = i == 5 ? null : Mark($"key {i}"),
            NotBefore = i == 1 ? LedgerHarness.Start.AddHours(1) : null,
            Deadline = i == 2 ? LedgerHarness.Start.AddHours(2) : null,
        }).ToArray();
        var writes = await CutOffScript.AtEveryWriteAsync(
            async () =>
            {
                var ledger = NewLedger(NewNamespace());
                await ledger.EnqueueAsync(RedisKeys.BucketSize - 4); // the six lie in two buckets
                await ledger.ClaimAsync();
                return (ledger, jobs);
            },
            (ledger, scene) => ledger.Intake.EnqueueAsync(scene, allOrNothing: true),
            async (ledger, scene) =>
            {
                await ledger.Repair.RunOnceAsync();
                var again = await ledger.Intake.EnqueueAsync(scene, allOrNothing: true);
                await ledger.Counts.RecountAsync();
                ledger.Time.Advance(TimeSpan.FromHours(1));
                await ledger.Desk.PromoteAsync();
                var waiting = await ledger.PeekAsync();
                var known = again.Jobs.Select(job => job.Id!.Value.Sequence).ToArray();
                Assert.That(waiting.Select(job => job.Sequence), Is.SupersetOf(known));
                Assert.That(waiting, Has.Count.InRange(6, 7), "the one without a key may be there twice, as any repetition of it");
                Assert.That(waiting, Is.Unique);
                Assert.That((await ledger.StatesAsync([.. again.Jobs.Select(job => job.Id!.Value)])), Is.All.EqualTo(JobState.Queued));
                Assert.That((await ledger.Queries.FindAsync(again.Jobs[0].Id!.Value))!.Request, Is.Not.Null);
                Assert.That(await Database.SortedSetLengthAsync(ledger.Keys.Deadlines), Is.EqualTo(1));
                Assert.That((long)await Database.HashGetAsync(ledger.Keys.Meta, LedgerFields.Waiting), Is.EqualTo(waiting.Count));
                Assert.That(await ledger.Repair.RunOnceAsync(), Is.Zero);
            });
        Assert.That(writes, Is.GreaterThan(15));
    }

    [Test]
    public async Task A_claim_under_budgets_is_finished_with_what_its_jobs_hold_back()
    {
        const long each = 7;
        var writes = await CutOffScript.AtEveryWriteAsync(
            async () =>
            {
                var ledger = NewLedger(NewNamespace());
                await ledger.EnqueueAsync(5);
                return (ledger, await OpenAsync(ledger));
            },
            async (ledger, batch) =>
            {
                var jobs = await ledger.PeekAsync();
                await ledger.Claims.ClaimAsync(batch, jobs, TermsOf(jobs, each) with { Claims = "" });
            },
            async (ledger, _) =>
            {
                ledger.Time.Advance(ledger.Store.Options.Lease * 2);
                foreach (var number in await ledger.Batches.DueAsync(BatchWork.Prepare, 10))
                {
                    var finished = (await ledger.Claims.FinishAsync((await ledger.Batches.OwnAsync(number))!))!;
                    var stored = (await ledger.Batches.ReadAsync(number))!;
                    Assert.That((stored.Claimed, stored.Reserved?.Pico ?? 0), Is.EqualTo((finished.Claimed, finished.Claimed * each)));
                }
            });
        Assert.That(writes, Is.GreaterThan(8));
    }

    /// <param name="isOpen">Whether the batch is there before the claim; otherwise its opening is what is cut off at first.</param>
    [TestCase(true)]
    [TestCase(false)]
    public async Task A_claim_is_finished_and_no_job_is_in_two_batches_or_in_none(bool isOpen)
    {
        var writes = await CutOffScript.AtEveryWriteAsync(
            async () =>
            {
                var ledger = NewLedger(NewNamespace());
                var ids = await ledger.EnqueueAsync([.. Enumerable.Range(1, 5).Select(priority => Job(priority))]);
                return (ledger, (Ids: ids, Batch: isOpen ? await OpenAsync(ledger) : null));
            },
            async (ledger, scene) => await ledger.Claims.ClaimAsync(scene.Batch ?? await OpenAsync(ledger), await ledger.PeekAsync()),
            async (ledger, scene) =>
            {
                var ids = scene.Ids;
                ledger.Time.Advance(ledger.Store.Options.Lease * 2);
                var claimed = new List<long>();
                foreach (var number in await ledger.Batches.DueAsync(BatchWork.Prepare, 10))
                {
                    var finished = (await ledger.Claims.FinishAsync((await ledger.Batches.OwnAsync(number))!))!;
                    Assert.That(await ledger.Claims.SealAsync(finished), Is.Not.Null);
                    claimed.AddRange(finished.Claimed == 0 ? [] : await ledger.Claims.ManifestAsync(number, 0));
                }
                if ((await ledger.PeekAsync()).Count > 0)
                {
                    var rest = await ClaimWhatIsLeftAsync(ledger);
                    claimed.AddRange(rest);
                }
                Assert.That(claimed, Is.EquivalentTo(ids.Select(id => id.Sequence)));
                Assert.That(await ledger.StatesAsync(ids), Is.All.EqualTo(JobState.Batched));
                Assert.That((await ledger.Counts.CountAsync()).Total, Is.Zero);
            });
        Assert.That(writes, Is.GreaterThan(6));
    }

    [Test]
    public async Task A_settlement_is_finished_and_counts_every_outcome_once()
    {
        var writes = await CutOffScript.AtEveryWriteAsync(
            async () =>
            {
                var ledger = NewLedger(NewNamespace());
                var ids = await ledger.EnqueueAsync([.. Enumerable.Range(0, 5).Select(i => Job() with { Deadline = i < 2 ? LedgerHarness.Start.AddDays(1) : null })]);
                var batch = await ledger.ClaimAsync();
                batch = (await ledger.Claims.SealAsync(batch))!;
                return (ledger, (Ids: ids, Batch: await ledger.MoveAsync(batch, BatchState.Submitted, BatchState.Retrieving)));
            },
            (ledger, scene) => ledger.SettleAsync(scene.Batch, OutcomesOf(ledger)),
            async (ledger, scene) =>
            {
                var batch = (await ledger.Settlements.FinishAsync((await ledger.Batches.OwnAsync(scene.Batch.Number))!))!;
                var manifest = await ledger.Claims.ManifestAsync(batch.Number, 0);
                var settled = await ledger.Settlements.OutcomesAsync(batch.Number, 0);
                var open = OutcomesOf(ledger).Index().Where(place => place.Index >= settled.Length || settled[place.Index] is null);
                batch = (await ledger.Settlements.SettleAsync(batch, [.. open.Select(place =>
                    new Settlement(place.Index, manifest[place.Index], place.Item with { Settlement = batch.Settlements + 1 }))]))!;

                Assert.That(await ledger.StatesAsync(scene.Ids), Is.EqualTo(new[] { JobState.Succeeded, JobState.Queued, JobState.Failed, JobState.Cancelled, JobState.Queued }));
                Assert.That((batch.Totals.Succeeded, batch.Totals.Failed, batch.Totals.Cancelled, batch.Totals.Requeued, batch.Totals.BatchPico), Is.EqualTo((1, 3, 1, 2, 1_000L)));
                var day = BatchTotals.Unpack(await Database.HashGetAsync(ledger.Keys.Day(LedgerHarness.Start.ToUnixTimeMilliseconds() / 86_400_000, await ledger.LaneAsync()), batch.Number)) with { Unknown = null };
                Assert.That((day.Settled, day.BatchPico), Is.EqualTo((5, 1_000L)));
                var sum = (await ledger.Books.ReadAsync()).Single().Sum;
                Assert.That((sum.Settled, sum.BatchPico, sum.JobsFailed, sum.JobsCancelled, sum.Requeued), Is.EqualTo((5, 1_000L, 1, 1, 2)));
                Assert.That((await ledger.PeekAsync()).Select(job => job.Sequence), Is.EqualTo(new[] { scene.Ids[1].Sequence, scene.Ids[4].Sequence }));
                Assert.That((await ledger.Queries.FindAsync(scene.Ids[1]))!.History, Has.Count.EqualTo(1));
                Assert.That((await ledger.Queries.FindAsync(scene.Ids[4]))!.History, Is.Empty);
                Assert.That((await ledger.Counts.CountAsync()).Dead, Is.EqualTo(1));
            });
        Assert.That(writes, Is.GreaterThan(12));
    }

    [Test]
    public async Task A_change_of_a_batch_leaves_it_with_the_room_of_its_state()
    {
        (BatchState From, BatchState To)[] moves = [(BatchState.Preparing, BatchState.Submitting), (BatchState.Submitting, BatchState.InDoubt), (BatchState.Submitted, BatchState.Retrieving), (BatchState.Retrieving, BatchState.Completed)];
        foreach (var (from, to) in moves)
        {
            await CutOffScript.AtEveryWriteAsync(
                async () =>
                {
                    var ledger = NewLedger(NewNamespace());
                    await ledger.EnqueueAsync(1);
                    var batch = await ledger.ClaimAsync();
                    BatchState[] way = [.. new[] { BatchState.Submitting, BatchState.Submitted, BatchState.Retrieving }.TakeWhile(state => state <= from)];
                    return (ledger, await ledger.MoveAsync(batch, way));
                },
                (ledger, batch) => ledger.Batches.ChangeAsync(batch, batch.Record with { State = to }, ledger.Store.Now),
                async (ledger, batch) =>
                {
                    ledger.Time.Advance(ledger.Store.Options.Lease * 2);
                    foreach (var work in Enum.GetValues<BatchWork>())
                    {
                        await LeaveWhatIsNotOursAsync(ledger, work);
                    }
                    var state = (await ledger.Batches.ReadAsync(batch.Number))!.State;
                    var looking = new List<BatchWork>();
                    foreach (var work in Enum.GetValues<BatchWork>())
                    {
                        looking.AddRange((await ledger.Batches.DueAsync(work, 10)).Select(_ => work));
                    }
                    Assert.That(looking, Is.EqualTo(BatchWorkRules.WorkOf(state) is { } room ? new[] { room } : []));
                    Assert.That(await ledger.Batches.OpenBatchesAsync(), Has.Count.EqualTo(state.HasEnded() ? 0 : 1));
                    if (to == BatchState.Completed && !state.HasEnded())
                    {
                        await ledger.MoveAsync((await ledger.Batches.OwnAsync(batch.Number))!, to);
                    }
                    Assert.That((await ledger.Books.ReadAsync()).Single().Sum.BatchesCompleted, Is.EqualTo(to == BatchState.Completed ? 1 : 0), "counted once");
                });
        }
    }

    [Test]
    public async Task An_opening_is_in_every_list_once_the_batch_is_sealed()
    {
        var writes = await CutOffScript.AtEveryWriteAsync(
            async () =>
            {
                var ledger = NewLedger(NewNamespace());
                await ledger.EnqueueAsync(1);
                return (ledger, await ledger.LaneAsync());
            },
            async (ledger, lane) => await ledger.Batches.OpenAsync(await ledger.Batches.NextNumberAsync(), lane, null),
            async (ledger, _) =>
            {
                ledger.Time.Advance(ledger.Store.Options.Lease * 2);
                foreach (var number in await ledger.Batches.DueAsync(BatchWork.Prepare, 10))
                {
                    Assert.That(await ledger.Claims.SealAsync((await ledger.Batches.OwnAsync(number))!), Is.Not.Null);
                    Assert.That(await Database.SortedSetScoreAsync(ledger.Keys.OpenBatches, number), Is.EqualTo(number));
                    Assert.That(await Database.SortedSetScoreAsync(ledger.Keys.Batches, number), Is.EqualTo(number));
                }
            });
        Assert.That(writes, Is.EqualTo(4));
    }

    [TestCase("cancel", JobState.Cancelled)]
    [TestCase("cancel delayed", JobState.Cancelled)]
    [TestCase("retry", JobState.Queued)]
    [TestCase("deadline", JobState.Failed)]
    [TestCase("promote", JobState.Queued)]
    public async Task A_verb_on_one_job_is_finished_by_its_repetition(string verb, JobState end)
    {
        await CutOffScript.AtEveryWriteAsync(
            async () =>
            {
                var ledger = NewLedger(NewNamespace());
                var id = (await ledger.EnqueueAsync(Job() with
                {
                    NotBefore = verb is "promote" or "cancel delayed" ? LedgerHarness.Start.AddMinutes(1) : null,
                    Deadline = verb == "deadline" ? LedgerHarness.Start.AddMinutes(1) : null,
                }))[0];
                if (verb == "retry")
                {
                    await ledger.SettleAsync(await ledger.MoveAsync(await ledger.ClaimAsync(), BatchState.Submitting, BatchState.Submitted, BatchState.Retrieving), ledger.Ended(Outcome.Failed));
                }
                ledger.Time.Advance(TimeSpan.FromMinutes(verb.StartsWith("cancel", StringComparison.Ordinal) ? 0 : 2));
                return (ledger, id);
            },
            (ledger, id) => DoAsync(ledger, verb, id),
            async (ledger, id) =>
            {
                await DoAsync(ledger, verb, id);
                ledger.Time.Advance(TimeSpan.FromMinutes(2));
                await ledger.Desk.ComeDueAsync();
                Assert.That((await ledger.RecordAsync(id)).State, Is.EqualTo(end));
                var taken = await ClaimWhatIsLeftAsync(ledger);
                Assert.That(taken, Is.EqualTo(end == JobState.Queued ? new[] { id.Sequence } : []));
                await ledger.Counts.RecountAsync();
                var counts = await ledger.Counts.CountAsync();
                Assert.That((counts.Total, counts.Delayed, counts.Dead), Is.EqualTo((0L, 0L, end == JobState.Failed ? 1L : 0L)));
            });
    }

    [TestCase(JobAction.Cancel)]
    [TestCase(JobAction.Retry)]
    public async Task A_verb_on_many_jobs_is_finished_by_its_repetition(JobAction action)
    {
        var all = new BulkWish(action, new JobFilter(), null, null, DryRun: false);
        var writes = await CutOffScript.AtEveryWriteAsync(
            async () =>
            {
                var ledger = NewLedger(NewNamespace());
                var ids = await ledger.EnqueueAsync(Job(), Job(9), Job() with { NotBefore = LedgerHarness.Start.AddMinutes(1), Deadline = LedgerHarness.Start.AddDays(1) });
                if (action == JobAction.Retry)
                {
                    await ledger.Desk.CancelAsync(ids[2]);
                    await ledger.SettleAsync(await ledger.MoveAsync(await ledger.ClaimAsync(), BatchState.Submitting, BatchState.Submitted, BatchState.Retrieving), ledger.Ended(Outcome.Failed), ledger.Ended(Outcome.Missing));
                }
                return (ledger, ids);
            },
            (ledger, _) => ledger.Bulk.RunAsync(all, default),
            async (ledger, ids) =>
            {
                await ledger.Bulk.RunAsync(all, default);
                ledger.Time.Advance(TimeSpan.FromMinutes(2));
                await ledger.Desk.ComeDueAsync();
                Assert.That(await ledger.StatesAsync(ids), Is.All.EqualTo(action == JobAction.Cancel ? JobState.Cancelled : JobState.Queued));
                Assert.That(await ClaimWhatIsLeftAsync(ledger), Is.EqualTo(action == JobAction.Cancel ? [] : new[] { ids[1].Sequence, ids[0].Sequence, ids[2].Sequence }));
                await ledger.Counts.RecountAsync();
                var counts = await ledger.Counts.CountAsync();
                Assert.That((counts.Total, counts.Delayed, counts.Dead), Is.EqualTo((0L, 0L, 0L)));
            });
        Assert.That(writes, Is.GreaterThan(10));
    }

    private static Task DoAsync(LedgerHarness ledger, string verb, JobId id) => verb switch
    {
        "retry" => ledger.Desk.RetryAsync(id),
        "deadline" or "promote" => ledger.Desk.ComeDueAsync(),
        _ => ledger.Desk.CancelAsync(id),
    };

    private static OutcomeRecord[] OutcomesOf(LedgerHarness ledger) =>
        [ledger.Succeeded(), ledger.Retried(), ledger.Ended(Outcome.Failed), ledger.Ended(Outcome.Cancelled), ledger.Released()];

    private static async Task<OwnedBatch> OpenAsync(LedgerHarness ledger) =>
        await ledger.Batches.OpenAsync(await ledger.Batches.NextNumberAsync(), await ledger.LaneAsync(), runId: null);

    /// <summary>A drain: what can not be claimed any more leaves the queue.</summary>
    private static async Task<IReadOnlyList<long>> ClaimWhatIsLeftAsync(LedgerHarness ledger)
    {
        var batch = await OpenAsync(ledger);
        for (var waiting = await ledger.PeekAsync(); waiting.Count > 0; waiting = await ledger.PeekAsync())
        {
            var claim = await ledger.Claims.ClaimAsync(batch, waiting);
            if (claim.Stale.Count == 0)
            {
                return await ledger.Claims.ManifestAsync(batch.Number, 0);
            }
        }
        return [];
    }

    private static async Task LeaveWhatIsNotOursAsync(LedgerHarness ledger, BatchWork work)
    {
        foreach (var number in await ledger.Batches.DueAsync(work, 10))
        {
            var batch = (await ledger.Batches.OwnAsync(number))!;
            if (BatchWorkRules.WorkOf(batch.State) != work)
            {
                await ledger.Batches.LeaveAsync(batch, work);
            }
        }
    }
}
