using System.Text;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Tests.Flow;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Batching;

/// <summary>The usual steps of a test of budgets: every job is expected to cost the same, and does unless the test says otherwise.</summary>
internal static class BudgetHarness
{
    /// <summary>What a job of <see cref="FlowHarness.RequestOf"/> is expected to cost: 10 tokens at 1.25 and 500 at 5.00 USD per million, gpt-4o in a batch.</summary>
    public const long Each = 2_512_500_000;

    /// <summary>Tokens that cost as much.</summary>
    public static readonly Usage AsExpected = new(10, 500, 0);

    public static Task<FlowHarness> StartAsync(params Budget[] budgets) => StartAsync(null, null, null, "replica-1", null, budgets);

    public static Task<FlowHarness> StartAsync(string? ns, FakeTimeProvider? clock, ModelProvider? provider, string owner, MemorySegments? segments, params Budget[] budgets) =>
        FlowHarness.StartAsync(ns, clock, provider, segments, owner: owner, configure: options => options with { Budgets = budgets, CostKeys = ["tenant"] });

    public static Budget Day(long jobs, string? key = null, string? value = null) => new(jobs * Each, BudgetPeriod.Day, key, value);

    public static Budget Month(long jobs, string? key = null, string? value = null) => new(jobs * Each, BudgetPeriod.Month, key, value);

    public static Task<IReadOnlyList<JobId>> EnqueueAsync(this FlowHarness flow, int count, string? tenant, string jobType = "creative_scoring", int maxAttempts = 3) =>
        flow.EnqueueAsync(count, maxAttempts, change: job => job with
        {
            Lane = job.Lane with { JobType = jobType },
            Metadata = tenant is null ? default : Encoding.UTF8.GetBytes($$"""{"tenant":"{{tenant}}"}"""),
        });

    /// <summary>Submits what is drained, lets every batch complete with this usage and settles it.</summary>
    public static async Task SettleAsync(this FlowHarness flow, Usage usage)
    {
        await flow.PassAsync(TimeSpan.FromSeconds(4), steps: 2);
        foreach (var batch in flow.Provider.Batches.Where(batch => batch.Seen.Phase != ProviderPhase.Completed))
        {
            foreach (var (id, line) in batch.Lines.ToArray())
            {
                batch.Lines[id] = line with { Usage = usage };
            }
            ModelProvider.Move(batch, ProviderPhase.Completed);
        }
        await flow.PassAsync(TimeSpan.FromMinutes(2));
    }

    /// <summary>What is spent and held back of a budget, in pico-USD.</summary>
    public static async Task<(decimal Spent, decimal Held)> UseAsync(this FlowHarness flow, Budget budget, string? value = null)
    {
        var picture = await flow.Get<BudgetBook>().ReadAsync();
        var cell = new BudgetCell(budget, value ?? budget.Value);
        return (picture.SpentOf(cell), picture.HeldOf(cell));
    }

    public static async Task<JobState[]> StatesAsync(this FlowHarness flow, IEnumerable<JobId> ids)
    {
        var jobs = new List<JobState>();
        foreach (var id in ids)
        {
            jobs.Add((await flow.JobAsync(id)).View.Record.State);
        }
        return [.. jobs];
    }

    /// <summary>Those of some jobs that wait for a budget.</summary>
    public static async Task<IReadOnlyList<JobId>> HeldAsync(this FlowHarness flow, IReadOnlyList<JobId> ids)
    {
        var views = await Task.WhenAll(ids.Select(async id => (await flow.JobAsync(id)).View));
        var held = await flow.Get<BudgetHolds>().OfAsync(views);
        return [.. ids.Where(id => held.Contains(id.Sequence))];
    }

    public static async Task<List<Violation>> VerifyAsync(this FlowHarness flow)
    {
        var found = new List<Violation>();
        await foreach (var violation in flow.Get<LedgerAudit>().VerifyAsync(new AuditSummary()))
        {
            found.Add(violation);
        }
        return found;
    }
}
