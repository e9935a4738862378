using System.Diagnostics.Metrics;
using BatchWorker.Lifecycle;
using BatchWorker.Monitoring;
using BatchWorker.Queue;
using BatchWorker.Simulator;
using BatchWorker.Simulator.Anthropic;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Gemini;
using BatchWorker.Simulator.OpenAi;
using BatchWorker.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Flow;

/// <summary>The books of every ended batch are held against what its provider says of it as a whole.</summary>
internal sealed class ReconciliationTests(StoreKind kind) : EachStore(kind)
{
    private const int Jobs = 12;
    private const string Drifted = "batchworker.batches.drifted";
    private static readonly DateTimeOffset s_start = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);

    [TestCase(Provider.OpenAi), TestCase(Provider.Anthropic), TestCase(Provider.Gemini)]
    public Task Books_and_a_truthful_provider_agree_whatever_became_of_the_requests(Provider name) => RunAsync(name, async (flow, simulator) =>
    {
        simulator.Faults.Items.Add(new ItemFate { Percent = 20, Seed = 3, Code = ItemFault.InvalidRequest });
        simulator.Faults.Mutations.Add(new LineMutation { Kind = LineDamage.Duplicate, Lines = 2 });
        simulator.Faults.Batches.Add(new BatchFate { Nth = 2, End = BatchEnd.Expired, Fraction = 0.5 });
        simulator.Faults.Batches.Add(new BatchFate { Nth = 2, End = BatchEnd.Cancelled, Fraction = 0.5 });
        for (var batch = 0; batch < 3; batch++)
        {
            await EndAsync(flow, name);
        }
        var batches = await ReadAsync(flow, 3);
        Assert.That(batches.Sum(batch => batch.Totals.Succeeded), Is.InRange(1, (3 * Jobs) - 1));
        foreach (var batch in batches)
        {
            Assert.That((batch.Record.Reported?.Requests, BatchDrift.Of(batch)), Is.EqualTo(((long?)Jobs, (BatchDrift?)null)), batch.Record.Id);
        }
        Assert.That((await DriftingAsync(flow), await AlertsAsync(flow)), Is.EqualTo((0L, "")));
    });

    [TestCase(Provider.OpenAi), TestCase(Provider.Anthropic), TestCase(Provider.Gemini)]
    public Task A_provider_that_counts_other_answers_is_told_of_in_the_batch_the_report_the_alerts_and_the_metrics(Provider name) => RunAsync(name, async (flow, simulator) =>
    {
        simulator.Faults.Batches.Add(new BatchFate { Nth = 1, Misreport = new Misreport { Succeeded = 2 } });
        using var counted = new Counted(flow.Get<IMeterFactory>());
        await EndAsync(flow, name);
        await EndAsync(flow, name);
        var batches = await ReadAsync(flow, 2);
        var drift = BatchDrift.Of(batches[0])!;
        Assert.That((drift.Requests, drift.Succeeded, drift.IsOfCounts, drift.IsOfTokens), Is.EqualTo(((long?)-2, (long?)-2, true, false)));
        Assert.That(BatchDrift.Of(batches[1]), Is.Null);
        Assert.That((await DriftingAsync(flow), counted.Of(Drifted)), Is.EqualTo((1L, 1L)));
        Assert.That(await AlertsAsync(flow), Is.EqualTo($"{AlertRules.Drift} {name.Wire()} {batches[0].Record.Id}"));

        flow.Time.Advance(TimeSpan.FromHours(25));
        Assert.That((await DriftingAsync(flow, days: 3), await AlertsAsync(flow)), Is.EqualTo((1L, "")), "it is history, and no alert any more");
    });

    [Test]
    public Task Tokens_that_openai_counts_otherwise_are_a_drift_and_a_batch_without_usage_is_not_compared() => RunAsync(Provider.OpenAi, async (flow, simulator) =>
    {
        simulator.Faults.Batches.Add(new BatchFate { Nth = 1, Misreport = new Misreport { InputTokens = 7, CachedTokens = 1, OutputTokens = 1_000 } });
        simulator.Faults.Batches.Add(new BatchFate { Nth = 1, Misreport = new Misreport { WithoutUsage = true, InputTokens = 7 } });
        await EndAsync(flow, Provider.OpenAi);
        await EndAsync(flow, Provider.OpenAi);
        var batches = await ReadAsync(flow, 2);
        Assert.That(BatchDrift.Of(batches[0]), Is.EqualTo(new BatchDrift(0, 0, -7, -1_000, -1)));
        Assert.That((batches[1].Record.Reported!.InputTokens, BatchDrift.Of(batches[1])), Is.EqualTo(((long?)null, (BatchDrift?)null)));
    });

    [TestCase(Provider.OpenAi), TestCase(Provider.Anthropic), TestCase(Provider.Gemini)]
    public Task Answers_that_were_billed_and_lost_are_a_drift(Provider name) => RunAsync(name, async (flow, simulator) =>
    {
        simulator.Faults.Mutations.Add(new LineMutation { Kind = LineDamage.Missing, Lines = 2, Count = 1 });
        await EndAsync(flow, name);
        var drift = BatchDrift.Of((await ReadAsync(flow, 1))[0])!;
        Assert.That((drift.Requests, drift.Succeeded, drift.InputTokens < 0), Is.EqualTo(((long?)0, (long?)-2, name == Provider.OpenAi)));
    });

    private static async Task RunAsync(Provider name, Func<FlowHarness, SimulatorHost, Task> test)
    {
        var time = new FakeTimeProvider(s_start);
        await using var simulator = await SimulatorHost.StartAsync(
            new SimulatorOptions
            {
                OpenAi = new OpenAiSettings { CachedFraction = 0.4, Phases = OpenAiPhases.All(10) },
                Anthropic = new AnthropicSettings { CachedFraction = 0.4, Phases = AnthropicPhases.All(10) },
                Gemini = new GeminiSettings { CachedFraction = 0.4, ThoughtsFraction = 2, Phases = GeminiPhases.All(10) },
            },
            time);
        await using var provider = SimulatedProviders.Connect(name, simulator);
        await using var flow = await FlowHarness.StartAsync(clock: time, other: provider.Only());
        await test(flow, simulator);
    }

    /// <summary>One more batch from its first job to its last; what goes back to the queue stays there.</summary>
    private static async Task EndAsync(FlowHarness flow, Provider name)
    {
        await SimulatedProviders.EnqueueAsync(flow, name, Jobs);
        var run = await flow.Get<RunLedger>().BeginAsync("api", new RunFilter(MaxJobs: Jobs));
        await flow.Get<BatchWorker.Batching.Drainer>().RunAsync(run, CancellationToken.None);
        await flow.PassAsync(TimeSpan.FromMinutes(10), steps: 10);
    }

    private static async Task<OwnedBatch[]> ReadAsync(FlowHarness flow, int batches)
    {
        var found = await Task.WhenAll(Enumerable.Range(1, batches).Select(number => flow.BatchAsync(number)));
        Assert.That(found.Select(batch => batch.State.HasEnded()), Is.All.True);
        return found;
    }

    private static async Task<long> DriftingAsync(FlowHarness flow, int days = 1) =>
        (await new ReportReader(flow.Get<DayLedger>(), flow.Get<DriftingBatches>()).ReadAsync(days)).Drifting;

    /// <summary>The alerts of drifts, after the watch has looked: type, provider and the batch that they name.</summary>
    private static async Task<string> AlertsAsync(FlowHarness flow)
    {
        var sources = new AlertSources(flow.Get<BatchLedger>(), flow.Get<EndedBatches>(), flow.Get<DriftingBatches>(), flow.Get<DayLedger>(), flow.Get<QueueCounts>());
        await new AlertWatch(sources, flow.Get<AlertLedger>(), new AlertOptions(), flow.Time, NullLogger<AlertWatch>.Instance).RunOnceAsync();
        var active = (await flow.Get<AlertLedger>().ReadAsync()).Active.Where(alert => alert.Type == AlertRules.Drift);
        return string.Join(", ", active.Select(alert => $"{alert.Type} {alert.Subject} {alert.Message[alert.Message.IndexOf("batch_", StringComparison.Ordinal)..]}"));
    }
}
