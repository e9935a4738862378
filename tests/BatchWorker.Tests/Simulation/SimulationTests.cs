using System.Globalization;

namespace BatchWorker.Tests.Simulation;

/// <summary>
/// The real engine in virtual time: every seed is a history of one to five replicas, faults and crashes, and the oracles look after every step.
/// More seeds: <c>SIMULATION_SEEDS=10000 dotnet test --filter FullyQualifiedName~More_seeds</c>, from <c>SIMULATION_FROM</c> on;
/// one of them with all its events: <c>SIMULATION_SEED=17 dotnet test --filter FullyQualifiedName~One_seed</c>.
/// </summary>
internal sealed class SimulationTests
{
    private const int Seeds = 200;

    [Test]
    public void No_promise_is_broken_in_any_history_and_every_move_doubt_and_repair_is_met()
    {
        var report = Run(0, Seeds);
        Assert.That(report.Violations, Is.Empty);
        Assert.That(Expected.Places.Except(report.Coverage.Visits.Keys), Is.Empty, "never met");
    }

    [Test]
    public void A_seed_is_a_history()
    {
        ulong[] hashes = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            using var history = new History(Seeds - 1);
            history.Run();
            return history.Trace.Hash;
        })];
        Assert.That(hashes[1], Is.EqualTo(hashes[0]));
    }

    /// <summary>Found by histories of <see cref="Theme.StoreTrouble"/>: nobody went on with what the store had begun.</summary>
    [TestCase("}:runs:open", TestName = "A run whose beginning was not answered is drained all the same")]
    [TestCase("}:w:1", TestName = "A batch whose opening was not answered ends all the same")]
    public void What_was_begun_without_an_answer_ends(string key)
    {
        using var history = new History(0);
        var losses = 0;
        history.LosesAnswerTo = call => call.Script == "transact" && call.Touches(key) && losses++ == 0;
        Assert.That(history.Run, Throws.Nothing);
        Assert.That(losses, Is.Positive);
    }

    [Test, Category("Long"), Explicit("For as many seeds as there is time.")]
    public void More_seeds() => Assert.That(Run(Number("SIMULATION_FROM", Seeds), Number("SIMULATION_SEEDS", 1000)).Violations, Is.Empty);

    [Test, Category("Long"), Explicit("To look at one history.")]
    public void One_seed()
    {
        using var history = new History(Number("SIMULATION_SEED", 0), keepsTrace: true);
        try
        {
            TestContext.Out.WriteLine(history.Plan);
            history.Run();
        }
        finally
        {
            foreach (var line in history.Trace.Lines)
            {
                TestContext.Out.WriteLine(line);
            }
            foreach (var batch in history.Vendors.SelectMany(vendor => vendor.Batches))
            {
                TestContext.Out.WriteLine(batch);
            }
        }
    }

    private static Report Run(int from, int count)
    {
        var report = new Report();
        foreach (var seed in Enumerable.Range(from, count))
        {
            using var history = new History(seed);
            report.Run(history);
        }
        TestContext.Out.WriteLine(report);
        foreach (var (place, visits) in report.Coverage.Visits)
        {
            TestContext.Out.WriteLine($"{visits,9} {place}");
        }
        return report;
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
