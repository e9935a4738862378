namespace BatchWorker.Tests.Architecture;

internal sealed class ArchitectureTests
{
    [Test]
    public void The_house_keeps_its_rules() => Assert.That(HouseRules.Violations(House.Load()), Is.Empty);

    [Test]
    public void Every_room_that_there_is_has_a_rule() =>
        Assert.That(House.Load().Files.Select(file => file.Room).Where(room => room != "root").Distinct(), Is.SubsetOf(HouseRules.Imports.Keys));

    [Test]
    public void The_simulator_does_not_know_the_daemon()
    {
        var project = File.ReadAllText(Path.Combine(House.Root, "src", "BatchWorker.Simulator", "BatchWorker.Simulator.csproj"));
        Assert.That(project, Does.Not.Contain("ProjectReference"));
    }

    [TestCase("Lifecycle/Bad.cs", "class Bad { BatchWorker.Queue.Thing? t; }", "Lifecycle may not import Queue")]
    [TestCase("Control/Bad.cs", "class Bad { object M() { var t = BatchWorker.Queue.Maker.Make(); return t; } }", "Control may not import Providers")]
    [TestCase("Control/Bad.cs", "class Bad { async System.Threading.Tasks.Task M() { System.Func<System.Threading.Tasks.Task> f = async () => { await System.Threading.Tasks.Task.Yield(); _ = typeof(BatchWorker.Providers.Wire); }; await f(); } }", "Control may not import Providers")]
    [TestCase("Control/Bad.cs", "class Bad { System.Collections.Generic.IEnumerable<object> M() { yield return new BatchWorker.Providers.Wire(); } }", "Control may not import Providers")]
    [TestCase("Intake/Bad.cs", "class Bad { BatchWorker.Providers.Wire? w; }", "Intake may only ask for limits")]
    [TestCase("Providers/OpenAi/Bad.cs", "class Bad { BatchWorker.Providers.Gemini.Other? o; }", "providers never import one another")]
    [TestCase("Batching/Bad.cs", "class Bad { StackExchange.Redis.RedisKey k; }", "not in this room")]
    [TestCase("Queue/Bad.cs", "class Bad { System.Net.Http.HttpClient? c; }", "not in this room")]
    [TestCase("Batching/Bad.cs", "class Bad { Quartz.IJob? j; }", "not in this room")]
    [TestCase("Queue/Bad.cs", "class Bad { string k = \"{bw}:jobs\"; }", "spells a key")]
    public void A_broken_rule_is_found(string path, string code, string expected)
    {
        var room = path[..path.LastIndexOf('/')].Replace('/', '.');
        var house = new House(
        [
            (path, $"namespace BatchWorker.{room}; {code}"),
            ("Queue/Maker.cs", "namespace BatchWorker.Queue; public class Thing; public static class Maker { public static BatchWorker.Providers.Wire Make() => new(); }"),
            ("Providers/Wire.cs", "namespace BatchWorker.Providers; public class Wire;"),
            ("Providers/Gemini/Other.cs", "namespace BatchWorker.Providers.Gemini; public class Other;"),
        ]);
        Assert.That(HouseRules.Violations(house).Where(found => found.StartsWith(path, StringComparison.Ordinal)), Has.Some.Contains(expected));
    }

    [Test]
    public void A_file_in_the_wrong_folder_is_found() =>
        Assert.That(HouseRules.Violations(new House([("Queue/Bad.cs", "namespace BatchWorker.Batching; class Bad;")])), Has.Some.Contains("its folder says BatchWorker.Queue"));
}
