using System.Globalization;

namespace BatchWorker.Benchmarks;

/// <summary>Every failpoint with every signal, one process tree after the other.</summary>
internal static class FailpointRuns
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        WorkloadLine[] lines = [.. File.ReadLines(arguments.Text("--file")!).Select(line => new WorkloadLine(line))];
        var embedded = arguments.Text("--store") == "embedded";
        var points = arguments.List("--points")?.Select(point => int.Parse(point, CultureInfo.InvariantCulture)) ?? FailpointCase.Points;
        var signals = arguments.List("--signals") ?? (embedded ? ["KILL"] : FailpointCase.Signals);
        var replicas = embedded ? [1] : arguments.List("--replicas")?.Select(count => int.Parse(count, CultureInfo.InvariantCulture)).ToArray() ?? [1, 2];
        var (runs, wrong) = (0, 0);
        foreach (var which in from turn in Enumerable.Range(0, arguments.Number("--turns", 1)) from count in replicas from signal in signals from point in points let which = new FailpointCase(point, signal, count, embedded, turn) where which.Exists select which)
        {
            var begun = TimeProvider.System.GetTimestamp();
            var failure = await new FailpointRun(which, lines).RunAsync();
            runs++;
            wrong += failure is null ? 0 : 1;
            Console.WriteLine($"{which}: {failure ?? "everything adds up"} ({TimeProvider.System.GetElapsedTime(begun).TotalSeconds:F1} s)");
        }
        Console.WriteLine($"{runs} interruptions, {wrong} wrong");
        return wrong == 0 ? 0 : 1;
    }
}
