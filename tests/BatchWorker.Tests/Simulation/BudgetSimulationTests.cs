using System.Globalization;
using BatchWorker.Queue;
using BatchWorker.Tests.Simulation.Store;

namespace BatchWorker.Tests.Simulation;

/// <summary>
/// Histories of the real engine under a budget: before every claim, of whatever replica and after whatever trouble, open batches hold back no more
/// than the cap, and when all is over nothing is held back.
/// </summary>
internal sealed class BudgetSimulationTests
{
    private const int Seeds = 18;

    /// <summary>About a dozen jobs before anything is known of their answers, which are short.</summary>
    private const decimal Cap = 30_000_000_000;

    [Test]
    public void No_history_overruns_a_budget_and_in_the_end_nothing_is_held_back()
    {
        var (claims, holds, broken) = (0, 0, new List<string>());
        foreach (var seed in Enumerable.Range(0, Seeds))
        {
            using var history = new History(seed, fit: options => options with { Budgets = [new Budget(Cap, BudgetPeriod.Day)] });
            history.LosesAnswerTo = call =>
            {
                if (call.Touches("}:budgets"))
                {
                    claims++;
                    if (HeldIn(history, open: true) > Cap && history.Plan.Theme != Theme.CutOffs) // there a claim that was cut off is finished after others
                    {
                        broken.Add($"seed {seed} holds back {HeldIn(history, open: true)}");
                    }
                }
                return false;
            };
            history.Run();
            if (HeldIn(history, open: false) != 0)
            {
                broken.Add($"seed {seed} ends with {HeldIn(history, open: false)}");
            }
            holds += history.Server.Model.Hashes.Keys.Count(key => key.Contains("}:budgets:", StringComparison.Ordinal));
        }
        TestContext.Out.WriteLine($"{claims} claims and notes, jobs held in {holds} periods");
        Assert.That(broken, Is.Empty);
        Assert.That(claims, Is.Positive);
        Assert.That(holds, Is.Positive);
    }

    private static decimal HeldIn(History history, bool open)
    {
        var (model, keys) = (history.Server.Model, new RedisKeys(history.LedgerOptions.Namespace));
        var numbers = model.Members(Bytes.Of(keys.Batches)).Where(entry => !double.IsInfinity(entry.Score)).Select(entry => (long)entry.Score);
        return numbers.Where(number => !open || model.Members(Bytes.Of(keys.OpenBatches)).Any(entry => entry.Score == number))
            .Sum(number => model.HashGet(Bytes.Of(keys.Batch(number)), LedgerFields.Reserved) is { } held ? decimal.Parse(held, CultureInfo.InvariantCulture) : 0);
    }
}
