using BatchWorker.Costs;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using BatchWorker.Tests.Flow;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using static BatchWorker.Tests.Batching.BudgetHarness;

namespace BatchWorker.Tests.Batching;

/// <summary>
/// Whatever two replicas do to jobs of three tenants over days, after every step what is spent and held back of each cap is at most the cap, and
/// as much more as answers of the period cost beyond what was held back for them.
/// </summary>
internal sealed class BudgetPropertyTests(StoreKind kind) : EachStore(kind)
{
    private const int Walks = 6;
    private static readonly Budget[] s_budgets = [Day(7), Month(20), Day(3, "tenant", Budget.Each), Day(5, Budget.JobType, Types[0])];
    private static readonly string[] s_tenants = ["a", "b", "c"];
    private static readonly Gen<Turn> s_turn = Gen.Select(Gen.Frequency((3, Gen.Const(0)), (3, Gen.Const(1)), (4, Gen.Const(2)), (1, Gen.Const(3)), (2, Gen.Const(4))), Gen.Int[0, 2], Gen.Int[0, 5], Gen.UInt[0, 900]).Select((act, who, count, tokens) => new Turn(act, who, count, tokens));
    private static int s_settled;
    private static int s_steps;

    private static string[] Types => ["creative_scoring", "historical_reprocessing"];

    [Test]
    public async Task No_cap_is_overrun_by_more_than_the_error_of_the_estimates()
    {
        (s_settled, s_steps) = (0, 0);
        await s_turn.Array[20, 40].SampleAsync(WalkAsync, iter: Walks, threads: 1);
        TestContext.Out.WriteLine($"{s_steps} steps, {s_settled} settled");
        Assert.That(s_settled, Is.Positive);
    }

    private static async Task WalkAsync(Turn[] turns)
    {
        var (ns, time) = (SharedRedis.NewNamespace(), new FakeTimeProvider(LedgerHarness.Start));
        var segments = new MemorySegments();
        await using var one = await StartAsync(ns, time, null, "one", segments, s_budgets);
        await using var two = await StartAsync(ns, time, one.Provider, "two", segments, s_budgets);
        var errors = new List<(DateOnly Day, decimal Pico)>();
        foreach (var turn in turns)
        {
            await ActAsync(turn.Who == 0 ? one : two, turn, errors);
            await CheckAsync(one, errors);
            s_steps++;
        }
        Assert.That(await one.VerifyAsync(), Is.Empty);
    }

    private static async Task ActAsync(FlowHarness flow, Turn turn, List<(DateOnly Day, decimal Pico)> errors)
    {
        switch (turn.Act)
        {
            case 0:
                await flow.EnqueueAsync(1 + turn.Count, s_tenants[turn.Who], Types[turn.Count % 2], maxAttempts: 2);
                break;
            case 1:
                await flow.DrainAsync(filter: new RunFilter(MaxJobs: turn.Count == 0 ? null : 2 * turn.Count));
                await flow.StepAsync();
                break;
            case 2:
                await SettleAsync(flow, turn, errors);
                break;
            case 3:
                await CancelAsync(flow);
                break;
            default:
                flow.Time.Advance(TimeSpan.FromHours(6 * turn.Count));
                await flow.StepAsync();
                break;
        }
    }

    /// <summary>Some answers are lost; the others cost what they cost.</summary>
    private static async Task SettleAsync(FlowHarness flow, Turn turn, List<(DateOnly Day, decimal Pico)> errors)
    {
        var usage = new Usage(10, turn.Tokens, 0);
        var cost = new Prices().Book.CostOf(flow.Provider.Name, FlowHarness.Lane.Model, usage)!.Value.Batch;
        foreach (var batch in flow.Provider.Batches.Where(batch => batch.Seen.Phase != ProviderPhase.Completed))
        {
            foreach (var (i, id) in batch.CustomIds.Index())
            {
                if (i % 4 == turn.Count)
                {
                    batch.Lines.Remove(id);
                    continue;
                }
                var job = (await flow.JobAsync(JobId.TryParse(id, out var known) ? known : default)).View.Record;
                if (job.State != JobState.Batched || !batch.Lines.TryGetValue(id, out var line))
                {
                    continue; // of a batch that was given up
                }
                batch.Lines[id] = line with { Usage = usage };
                var reserved = (await new Reservations(flow.Get<LedgerStore>()).ReadAsync(job.Batch, 0)).ElementAtOrDefault(job.Position);
                errors.Add((DateOnly.FromDateTime(flow.Time.GetUtcNow().UtcDateTime.AddMinutes(1)), Math.Max(0, cost - reserved)));
                s_settled++;
            }
            ModelProvider.Move(batch, ProviderPhase.Completed);
        }
        await flow.PassAsync(TimeSpan.FromMinutes(2), steps: 2);
    }

    private static async Task CancelAsync(FlowHarness flow)
    {
        await flow.DrainAsync();
        foreach (var batch in (await flow.Get<BatchLedger>().OpenBatchesAsync()).Where(batch => batch.State == BatchState.Submitting))
        {
            await flow.Get<BatchWishes>().CancelAsync(batch);
        }
        await flow.StepAsync();
    }

    private static async Task CheckAsync(FlowHarness flow, List<(DateOnly Day, decimal Pico)> errors)
    {
        var picture = await flow.Get<BudgetBook>().ReadAsync();
        foreach (var cell in s_budgets.SelectMany(budget => picture.CellsOf(budget, 100)))
        {
            var error = errors.Where(answer => answer.Day >= cell.Budget.BeginOf(picture.Today).AddDays(-1)).Sum(answer => answer.Pico);
            Assert.That(picture.SpentOf(cell) + picture.HeldOf(cell), Is.LessThanOrEqualTo(cell.Budget.CapPico + error), cell.ToString());
        }
    }

    /// <summary>What happens next, and how much of it.</summary>
    private sealed record Turn(int Act, int Who, int Count, uint Tokens);
}
