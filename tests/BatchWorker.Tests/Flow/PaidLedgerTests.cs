using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Simulator.Ledger;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Flow;

/// <summary>
/// Random jobs of the three providers are run, with stores that are cut off inside scripts, daemons that begin anew, files that are read twice or in parts, answers in
/// any order, and over a day on which a price changes. Whatever happened, jobs, batches, days and values of metadata add up to the same, to the last digit,
/// and to what an independent calculator makes of the simulator's ledger of paid requests.
/// </summary>
internal sealed class PaidLedgerTests(StoreKind kind) : EachStore(kind)
{
    private const int Few = 1_000;
    private const int Many = 100_000;
    private static readonly IndependentBill s_bill = new();

    [Test]
    public Task Random_settlements_add_up_to_what_the_providers_were_paid() => RunAsync(Few);

    /// <summary>Minutes. <c>PAID_LEDGER_SEED</c> begins elsewhere.</summary>
    [Test, Explicit, Category("Long")]
    public Task A_hundred_thousand_of_them() => RunAsync(Many);

    private static async Task RunAsync(int settlements)
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("PAID_LEDGER_SEED") ?? "1", System.Globalization.CultureInfo.InvariantCulture);
        var (done, crashes, paid) = (0, 0, 0m);
        for (var scene = seed; done < settlements; scene++)
        {
            await using var paying = await PayingScene.StartAsync(scene);
            await paying.RunAsync();
            await using var flow = await paying.OpenAsync();
            var (settled, usd) = await CompareAsync(flow, paying, $"scene {scene}");
            done += settled;
            crashes += paying.Stumbled;
            paid += usd;
        }
        TestContext.Out.WriteLine($"{done} settlements, {crashes} daemons on a store that is cut off, {paid:0.############} USD, from seed {seed}");
    }

    private static async Task<(int Settled, decimal Paid)> CompareAsync(FlowHarness flow, PayingScene scene, string about)
    {
        var batches = new Dictionary<string, (OwnedBatch Batch, List<(string Job, OutcomeRecord Outcome)> Outcomes)>();
        var settled = 0;
        foreach (var batch in await BatchesAsync(flow))
        {
            var outcomes = await OutcomesAsync(flow, batch);
            settled += outcomes.Count;
            Assert.That(Money.Of(outcomes.Select(job => job.Outcome)), Is.EqualTo(Money.Of(batch.Totals)), $"{about}: jobs of {batch.Record.Id}");
            if (batch.Record.ProviderBatchId is { } id)
            {
                batches.Add(id, (batch, outcomes));
            }
        }
        var expected = Money.None;
        var byDay = new Dictionary<DateOnly, Money>();
        var byTenant = new Dictionary<string, (long Realtime, long Batch)>();
        foreach (var entry in scene.PaidBatches())
        {
            var (batch, outcomes) = batches[entry.Id];
            var byJob = outcomes.ToDictionary(job => job.Job, job => job.Outcome);
            var ofBatch = Money.None;
            foreach (var item in scene.ItemsOf(entry.Id).Where(item => item.Paid))
            {
                var outcome = byJob[item.CustomId];
                var day = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(outcome.AtMs).UtcDateTime);
                var cost = CostOf(entry, item, day);
                Assert.That((outcome.Outcome, outcome.RealtimePico, outcome.BatchPico), Is.EqualTo((Outcome.Succeeded, cost?.Realtime, cost?.Batch)), $"{about}: {item}");
                var money = new Money(cost?.Realtime ?? 0, cost?.Batch ?? 0, item.InputTokens, item.OutputTokens, item.CachedTokens, cost is null ? 1 : 0, 1);
                ofBatch = ofBatch.Plus(money);
                byDay[day] = byDay.GetValueOrDefault(day, Money.None).Plus(money);
                var tenant = PayingScene.TenantOf(scene.NumberOf(item.CustomId));
                var before = byTenant.GetValueOrDefault(tenant);
                byTenant[tenant] = (before.Realtime + money.Realtime, before.Batch + money.Batch);
            }
            Assert.That(Money.Of(batch.Totals), Is.EqualTo(ofBatch), $"{about}: {batch.Record.Id}");
            expected = expected.Plus(ofBatch);
        }
        await CompareDaysAsync(flow, expected, byDay, byTenant, about);
        Assert.That(batches.Values.Select(batch => BatchDrift.Of(batch.Batch)), Is.All.Null, $"{about}: the provider says the same");
        return (settled, PicoUsd.ToUsd(expected.Batch));
    }

    private static async Task CompareDaysAsync(FlowHarness flow, Money expected, Dictionary<DateOnly, Money> byDay, Dictionary<string, (long Realtime, long Batch)> byTenant, string about)
    {
        var days = await flow.Get<DayLedger>().ReadAsync();
        Assert.That(days.Aggregate(Money.None, (sum, day) => sum.Plus(Money.Of(day.Sum))), Is.EqualTo(expected), $"{about}: days");
        foreach (var day in days.GroupBy(day => day.Date))
        {
            Assert.That(day.Aggregate(Money.None, (sum, lane) => sum.Plus(Money.Of(lane.Sum))), Is.EqualTo(byDay.GetValueOrDefault(day.Key, Money.None)), $"{about}: {day.Key}");
        }
        var values = (await flow.Get<DayLedger>().ReadValuesAsync(new DateOnly(2026, 12, 1), DateOnly.FromDateTime(flow.Time.GetUtcNow().UtcDateTime).AddDays(1))).All;
        Assert.That(values.Where(value => value.Totals.BatchPico > 0).ToDictionary(value => value.Value, value => (value.Totals.RealtimePico, value.Totals.BatchPico)), Is.EquivalentTo(byTenant.Where(tenant => tenant.Value.Batch > 0)), $"{about}: values");
    }

    private static async Task<IReadOnlyList<OwnedBatch>> BatchesAsync(FlowHarness flow)
    {
        var found = new List<OwnedBatch>();
        for (long number = 1; number <= (long)await flow.Get<LedgerStore>().Database.HashGetAsync(flow.Get<LedgerStore>().Keys.Meta, LedgerFields.BatchSequence); number++)
        {
            if (await flow.Get<BatchLedger>().ReadAsync(number) is { } batch)
            {
                found.Add(batch);
            }
        }
        return found;
    }

    private static async Task<List<(string Job, OutcomeRecord Outcome)>> OutcomesAsync(FlowHarness flow, OwnedBatch batch)
    {
        var found = new List<(string, OutcomeRecord)>();
        for (var chunk = 0; chunk < batch.ChunkCount; chunk++)
        {
            var manifest = await flow.Get<JobClaims>().ManifestAsync(batch.Number, chunk);
            var jobs = await JobRecords.ReadAsync(flow.Get<LedgerStore>(), manifest);
            var outcomes = await flow.Get<Settlements>().OutcomesAsync(batch.Number, chunk);
            found.AddRange(outcomes.Index().Where(outcome => outcome.Item is not null).Select(outcome => (jobs[outcome.Index]!.IdOf(manifest[outcome.Index]).ToString(), outcome.Item!)));
        }
        return found;
    }

    private static (long Realtime, long Batch)? CostOf(BatchEntry entry, ItemEntry item, DateOnly day)
    {
        if (PayingScene.ListedAs(entry.Model!) is not { } listed)
        {
            return null;
        }
        var (realtime, batch) = s_bill.Of(entry.Provider, listed, item, day);
        return ((long)(realtime * 1_000_000_000_000m), (long)(batch * 1_000_000_000_000m));
    }

    private sealed record Money(long Realtime, long Batch, long Input, long Output, long Cached, int Unpriced, int Answers)
    {
        public static Money None { get; } = new(0, 0, 0, 0, 0, 0, 0);

        public static Money Of(BatchTotals totals) => new(totals.RealtimePico, totals.BatchPico, totals.InputTokens, totals.OutputTokens, totals.CachedTokens, totals.Unpriced, totals.Succeeded);

        public static Money Of(IEnumerable<OutcomeRecord> outcomes) => outcomes.Aggregate(None, (sum, outcome) => sum.Plus(new Money(
            outcome.RealtimePico ?? 0, outcome.BatchPico ?? 0, outcome.Usage.InputTokens, outcome.Usage.OutputTokens, outcome.Usage.CachedTokens, outcome.IsUnpriced ? 1 : 0, outcome.Outcome == Outcome.Succeeded ? 1 : 0)));

        public Money Plus(Money other) => new(
            Realtime + other.Realtime, Batch + other.Batch, Input + other.Input, Output + other.Output, Cached + other.Cached, Unpriced + other.Unpriced, Answers + other.Answers);
    }
}
