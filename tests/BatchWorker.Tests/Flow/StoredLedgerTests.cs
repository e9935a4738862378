using System.Text.Json;
using System.Text.Json.Nodes;
using BatchWorker.Archive;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Settings;
using BatchWorker.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Flow;

/// <summary>
/// A ledger that an earlier version has stored, with jobs and batches in every state, is read and finished by this one; and what a later one will
/// store is not destroyed by it. The data sets are in <c>Fixtures/Stored</c>, named after the tree that wrote them (<see cref="StoredLedgerWriter"/>).
/// </summary>
internal sealed class StoredLedgerTests(StoreKind kind) : EachStore(kind)
{
    private const string Earlier = "747ae67";

    [Test]
    public async Task Every_job_of_an_earlier_versions_ledger_ends_and_the_ledger_is_whole()
    {
        await using var flow = await LoadAsync();
        var before = await VerifyAsync(flow);
        Assert.That(before.Jobs.Keys, Is.EquivalentTo(new[] { JobState.Queued, JobState.Batched, JobState.Succeeded, JobState.Failed, JobState.Cancelled }), "the set has all states that are stored");
        Assert.That((await flow.Get<BatchLedger>().OpenBatchesAsync()).Select(batch => batch.State), Is.SupersetOf(new[]
        {
            BatchState.Preparing, BatchState.Submitted, BatchState.InProgress, BatchState.InDoubt, BatchState.Retrieving,
        }));
        await FinishAsync(flow);
        var after = await VerifyAsync(flow);
        Assert.That(after.Jobs.Values.Sum(), Is.EqualTo(before.Jobs.Values.Sum()), "nothing is lost");
        Assert.That(after.Jobs.Keys, Is.EquivalentTo(new[] { JobState.Succeeded, JobState.Failed, JobState.Cancelled }));
        Assert.That((after.Jobs[JobState.Cancelled], after.Jobs[JobState.Failed]), Is.EqualTo((before.Jobs[JobState.Cancelled], before.Jobs[JobState.Failed])), "whatever was open succeeds");
        await CompareSumsAsync(flow);
    }

    [Test]
    public async Task Its_answers_and_its_idempotency_keys_are_still_known()
    {
        await using var flow = await LoadAsync();
        var read = 0;
        for (long number = 1; await flow.Get<BatchLedger>().ReadAsync(number) is { } batch; number++)
        {
            foreach (var outcome in (await flow.Get<Settlements>().OutcomesAsync(number, 0)).Where(outcome => outcome is { Outcome: Outcome.Succeeded }))
            {
                var answer = await flow.Get<ISegmentStore>().ReadAsync(outcome!.Address!.Value, CancellationToken.None);
                Assert.That(JsonDocument.Parse(answer!.Body).RootElement.TryGetProperty("echo", out _), Is.True);
                read++;
            }
        }
        Assert.That(read, Is.GreaterThan(5));
        var job = new NewJob { Lane = FlowHarness.Lane with { Model = "gpt-4-turbo" }, Priority = 7, MaxAttempts = 2, Data = """{"model":"gpt-4-turbo","messages":[]}"""u8.ToArray(), Idempotency = LedgerSteps.Mark("key-1") };
        Assert.That((await flow.Get<JobIntake>().EnqueueAsync([job], allOrNothing: true)).Jobs[0].Duplicate, Is.True);
    }

    [Test]
    public async Task What_a_later_version_adds_to_records_outlives_all_that_this_one_does_with_them()
    {
        await using var flow = await LoadAsync();
        var store = flow.Get<LedgerStore>();
        var open = await flow.Get<BatchLedger>().OpenBatchesAsync();
        foreach (var batch in open)
        {
            var record = JsonNode.Parse(batch.Stored)!.AsObject();
            record["later"] = new JsonObject { ["of"] = batch.Number };
            await store.Database.HashSetAsync(store.Keys.Batch(batch.Number), LedgerFields.Record, JsonSerializer.SerializeToUtf8Bytes(record));
            var totals = JsonNode.Parse(batch.Totals.Pack())!.AsObject();
            totals["later"] = 7;
            await store.Database.HashSetAsync(store.Keys.Batch(batch.Number), LedgerFields.Totals, JsonSerializer.SerializeToUtf8Bytes(totals));
        }
        await FinishAsync(flow);
        await VerifyAsync(flow);
        foreach (var number in open.Select(batch => batch.Number))
        {
            var batch = await flow.BatchAsync(number);
            Assert.That(batch.State.HasEnded(), Is.True);
            Assert.That(batch.Record.Unknown!["later"].GetProperty("of").GetInt64(), Is.EqualTo(number));
            Assert.That(batch.Totals.Unknown!["later"].GetInt32(), Is.EqualTo(7));
        }
    }

    [Test]
    public async Task A_record_of_a_later_form_is_left_as_it_is_and_the_others_go_on()
    {
        await using var flow = await LoadAsync();
        var store = flow.Get<LedgerStore>();
        var batch = (await flow.Get<BatchLedger>().OpenBatchesAsync()).First(batch => batch.State == BatchState.InProgress);
        var record = JsonNode.Parse(batch.Stored)!.AsObject();
        record["version"] = 2;
        var later = JsonSerializer.SerializeToUtf8Bytes(record);
        await store.Database.HashSetAsync(store.Keys.Batch(batch.Number), LedgerFields.Record, later);
        await flow.PassAsync(TimeSpan.FromMinutes(30), steps: 30);
        Assert.That((byte[]?)await store.Database.HashGetAsync(store.Keys.Batch(batch.Number), LedgerFields.Record), Is.EqualTo(later));
        Assert.That(async () => await flow.BatchAsync(batch.Number), Throws.TypeOf<InvalidDataException>().With.Message.Contains("version 2"));
        Assert.That((await flow.BatchAsync(1)).State, Is.EqualTo(BatchState.Completed));
    }

    [Test]
    public async Task A_ledger_of_a_later_form_refuses_an_earlier_version_at_its_start()
    {
        await using var flow = await LoadAsync();
        var store = flow.Get<LedgerStore>();
        await LedgerFormCheck.RunAsync(store, readOnly: true);
        Assert.That((await store.Database.HashGetAsync(store.Keys.Meta, LedgerFields.Form)).HasValue, Is.False, "the earlier version had none, and looking writes none");
        await LedgerFormCheck.RunAsync(store);
        await LedgerFormCheck.RunAsync(store);
        Assert.That((int)await store.Database.HashGetAsync(store.Keys.Meta, LedgerFields.Form), Is.EqualTo(LedgerForm.Known));
        await store.Database.HashSetAsync(store.Keys.Meta, LedgerFields.Form, LedgerForm.Known + 1);
        var refusal = (await Assert.ThrowsAsync<StartRefusal>(() => LedgerFormCheck.RunAsync(store)))!;
        Assert.That((refusal.ExitCode, refusal.Message), Is.EqualTo((StartRefusal.Configuration, "REDIS_URL: a newer version has written this ledger in form 3; this one knows form 2 and has left it as it is.")));
        Assert.That((int)await store.Database.HashGetAsync(store.Keys.Meta, LedgerFields.Form), Is.EqualTo(LedgerForm.Known + 1));
    }

    private static async Task<FlowHarness> LoadAsync()
    {
        var path = Path.Combine(TestContext.CurrentContext.TestDirectory, "Fixtures", "Stored", Earlier);
        var ns = SharedRedis.NewNamespace();
        await StoredKeys.LoadAsync((await SharedRedis.ConnectionAsync()).GetDatabase(), ns, path + ".keys.ndjson");
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 6, 0, 0, TimeSpan.Zero));
        var flow = await FlowHarness.StartAsync(ns, time, await StoredProvider.LoadAsync(time, path + ".provider.json"), redisResults: 1 << 20);
        foreach (var batch in (await flow.Get<BatchLedger>().OpenBatchesAsync()).Where(batch => batch.Record.InputFileId is not null))
        {
            var manifest = await flow.Get<JobClaims>().ManifestAsync(batch.Number, 0);
            var jobs = await JobRecords.ReadAsync(flow.Get<LedgerStore>(), manifest);
            flow.Provider.AddFile(batch.Record.InputFileId!, batch.Record.Spool!.Name, [.. manifest.Zip(jobs, (sequence, job) => $"{job!.IdOf(sequence)} {{}}")]);
        }
        return flow;
    }

    /// <summary>Everything that the provider has completes, again and again, until nothing is open.</summary>
    private static async Task FinishAsync(FlowHarness flow)
    {
        for (var round = 0; round < 60 && ((await flow.Get<BatchLedger>().OpenBatchesAsync()).Count > 0 || (await flow.Get<QueueCounts>().CountAsync()).Total > 0); round++)
        {
            foreach (var batch in flow.Provider.Batches.Where(batch => !batch.Seen.HasEnded))
            {
                ModelProvider.Move(batch, ProviderPhase.Completed);
            }
            await flow.Get<JobDesk>().ComeDueAsync();
            await flow.DrainAsync();
            await flow.PassAsync(TimeSpan.FromMinutes(60), steps: 6);
        }
        Assert.That((await flow.Get<BatchLedger>().OpenBatchesAsync()).Select(batch => $"{batch.Number} {batch.State} {batch.Record.Error}"), Is.Empty);
    }

    private static async Task<AuditSummary> VerifyAsync(FlowHarness flow)
    {
        var summary = new AuditSummary();
        var found = new List<Violation>();
        await foreach (var violation in flow.Get<LedgerAudit>().VerifyAsync(summary))
        {
            found.Add(violation);
        }
        Assert.That(found, Is.Empty);
        return summary;
    }

    private static async Task CompareSumsAsync(FlowHarness flow)
    {
        var (jobs, batches) = (0L, 0L);
        for (long number = 1; await flow.Get<BatchLedger>().ReadAsync(number) is { } batch; number++)
        {
            batches += batch.Totals.BatchPico;
            jobs += (await flow.Get<Settlements>().OutcomesAsync(number, 0)).Sum(outcome => outcome?.BatchPico ?? 0);
        }
        var days = (await flow.Get<DayLedger>().ReadAsync()).Sum(day => day.Sum.BatchPico);
        Assert.That((jobs, batches), Is.EqualTo((days, days)));
        Assert.That(days, Is.Positive);
    }
}
