using System.Diagnostics;
using System.Xml.Linq;
using BatchWorker.Tests.Architecture;

namespace BatchWorker.Tests.Planted;

/// <summary>A copy of the repository with every planted fault in it, built once; each fault sleeps until its name stands in <see cref="Variable"/>.</summary>
internal sealed class PlantedTree : IDisposable
{
    public const string Variable = "BATCH_PLANTED";

    private const string Switch = $$"""
        namespace BatchWorker.Telemetry;

        internal static class Planted
        {
            private static readonly string? s_name = Environment.GetEnvironmentVariable("{{Variable}}");

            public static bool Is(string name) => name == s_name;
        }
        """;

    /// <summary>A fault may make a test wait for what does not come.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(20);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("bw-planted-");

    private string TestProject => Path.Combine(_root.FullName, "tests", "BatchWorker.Tests");

    /// <summary>The text that stands where a fault goes, found exactly once.</summary>
    public static int Count(PlantedEdit edit) => ReadSource(House.Root, edit.File).Split(edit.Text).Length - 1;

    public async Task BuildAsync(IEnumerable<PlantedBug> bugs)
    {
        foreach (var path in Sources())
        {
            var target = Path.Combine(_root.FullName, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(House.Root, path), target);
        }
        await File.WriteAllTextAsync(SourcePath(_root.FullName, "Telemetry/Planted.cs"), Switch);
        foreach (var edit in bugs.SelectMany(bug => bug.Edits))
        {
            var text = ReadSource(_root.FullName, edit.File);
            await File.WriteAllTextAsync(SourcePath(_root.FullName, edit.File), text.Replace(edit.Text, edit.Planted, StringComparison.Ordinal));
        }
        var (exit, output) = await RunAsync(null, "build", TestProject, "-c", "Release", "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false", "-p:TreatWarningsAsErrors=false", "-nodeReuse:false");
        Assert.That(exit, Is.Zero, output);
    }

    /// <summary>Runs tests with one fault awake, or none: the names of those that ran and of those that failed; null when they did not end.</summary>
    public async Task<(IReadOnlyList<string> Ran, IReadOnlyList<string> Failed)?> TestAsync(string? bug, string filter)
    {
        var results = Path.Combine(_root.FullName, "results.trx");
        File.Delete(results);
        var (exit, _) = await RunAsync(bug, "test", TestProject, "-c", "Release", "--no-build", "--filter", filter, "--logger", "trx;LogFileName=" + results);
        if (exit is null)
        {
            return null;
        }
        var outcomes = XDocument.Load(results).Descendants().Where(element => element.Name.LocalName == "UnitTestResult")
            .Select(result => (Name: result.Attribute("testName")!.Value, Outcome: result.Attribute("outcome")!.Value)).ToArray();
        return ([.. outcomes.Select(test => test.Name)], [.. outcomes.Where(test => test.Outcome != "Passed").Select(test => test.Name)]);
    }

    public void Dispose() => _root.Delete(recursive: true);

    /// <summary>What belongs to the repository: nothing that a build or a tool has made.</summary>
    private static IEnumerable<string> Sources() =>
        new[] { "src", "tests" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(House.Root, folder), "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Path.Combine(House.Root, ".config")))
            .Concat(Directory.EnumerateFiles(House.Root).Where(path => Path.GetFileName(path) != ".git"))
            .Select(path => Path.GetRelativePath(House.Root, path))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules" or "TestResults"));

    private static string SourcePath(string root, string file) => Path.Combine(root, "src", "BatchWorker", file);

    private static string ReadSource(string root, string file) => File.ReadAllText(SourcePath(root, file)).ReplaceLineEndings("\n");

    private static async Task<(int? Exit, string Output)> RunAsync(string? bug, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[Variable] = bug;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(s_patience, TimeProvider.System);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (null, "");
        }
        return (process.ExitCode, await output + await errors);
    }
}
