using BatchWorker.Telemetry;

namespace BatchWorker.Tests.Planted;

/// <summary>
/// Deliberate faults and the tests that catch them. All of them: <c>dotnet test --filter FullyQualifiedName~Every_planted_bug</c>,
/// some: <c>PLANTED=retry_on_unknown,last_line_wins</c> before it; what the seeded simulation makes of those of the engine: <c>~The_simulation_meets</c>.
/// </summary>
internal sealed class PlantedTests
{
    private const string Simulation = "FullyQualifiedName~SimulationTests&FullyQualifiedName~.No_promise_is_broken";

    private static IEnumerable<PlantedEdit> Edits => PlantedBugs.All.SelectMany(bug => bug.Edits);

    [Test]
    public void Every_bug_has_its_place_and_a_test()
    {
        Assert.That(PlantedBugs.All.Select(bug => bug.Name), Is.Unique);
        Assert.That(PlantedBugs.All.Where(bug => bug.CaughtBy.Count == 0), Is.Empty);
        Assert.That(Edits.Where(edit => PlantedTree.Count(edit) != 1), Is.Empty, "its text must stand in its file exactly once");
    }

    [Test]
    public void What_is_shipped_holds_no_planted_bug() =>
        Assert.That(typeof(Failpoints).Assembly.GetTypes().Where(type => type.Name.Contains(nameof(Planted), StringComparison.Ordinal)), Is.Empty);

    [Test, Category("Long"), Explicit("Builds a copy of the repository.")]
    public async Task Every_planted_bug_is_caught()
    {
        var bugs = Wanted(PlantedBugs.All);
        using var tree = new PlantedTree();
        await tree.BuildAsync(bugs);
        var filter = string.Join('|', bugs.SelectMany(bug => bug.CaughtBy).Distinct().Select(test => test.Filter));
        Assert.That((await tree.TestAsync(null, filter))?.Failed, Is.Empty, "with all of them asleep");

        var table = new Table("| planted bug | what is wrong | caught by |");
        foreach (var bug in bugs)
        {
            foreach (var test in bug.CaughtBy)
            {
                var ran = await tree.TestAsync(bug.Name, test.Filter);
                table.Add(ran is { Ran.Count: > 0, Failed.Count: > 0 }, $"| `{bug.Name}` | {bug.Meaning} | `{test}` |");
            }
        }
        Assert.That(table.Missed, Is.Empty);
    }

    [Test, Category("Long"), Explicit("Builds a copy of the repository and runs 200 histories for each bug.")]
    public async Task The_simulation_meets_the_planted_bugs_of_the_engine()
    {
        var bugs = Wanted(PlantedBugs.All.Where(bug => bug.IsOfTheEngine));
        using var tree = new PlantedTree();
        await tree.BuildAsync(bugs);
        var asleep = await tree.TestAsync(null, Simulation);
        Assert.That(asleep, Is.Not.Null, "did not end in time");
        Assert.That(asleep!.Value.Failed, Is.Empty, "with all of them asleep");

        var table = new Table("| planted bug | the simulation |");
        foreach (var bug in bugs)
        {
            var ran = await tree.TestAsync(bug.Name, Simulation);
            var isMet = ran is { Ran.Count: > 0, Failed.Count: > 0 };
            table.Add(isMet, $"| `{bug.Name}` | {(ran is null ? "did not end in time" : isMet ? "fails" : "passes")} |");
        }
        Assert.That(bugs, Has.Count.GreaterThan(table.Missed.Count));
    }

    private static List<PlantedBug> Wanted(IEnumerable<PlantedBug> bugs) =>
        Environment.GetEnvironmentVariable("PLANTED") is { Length: > 0 } names ? [.. bugs.Where(bug => names.Split(',').Contains(bug.Name))] : [.. bugs];

    /// <summary>Says each line as soon as it is known.</summary>
    private sealed class Table
    {
        public Table(string head) => TestContext.Progress.WriteLine(head);

        public List<string> Missed { get; } = [];

        public void Add(bool isCaught, string line)
        {
            TestContext.Progress.WriteLine(isCaught ? line : "NOT CAUGHT " + line);
            if (!isCaught)
            {
                Missed.Add(line);
            }
        }
    }
}
