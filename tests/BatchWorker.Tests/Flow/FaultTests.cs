using BatchWorker.Lifecycle;
using BatchWorker.Simulator;
using BatchWorker.Simulator.Faults;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Flow;

/// <summary>Every fault of the simulator at upload, create, poll and download, over real HTTP: all jobs are answered, none is paid twice.</summary>
internal sealed class FaultTests
{
    private const int Jobs = 20;
    private const int MostRounds = 120;

    private static readonly (string Name, string Method, string Path)[] s_places =
    [
        ("upload", "POST", "^/files$"),
        ("create", "POST", "^/batches$"),
        ("poll", "GET", "^/batches/[^/]+$"),
        ("download", "GET", "^/files/[^/]+/content$"),
    ];

    public static IEnumerable<TestCaseData> Faults() =>
        from place in s_places
        from action in new HttpFaultAction[]
        {
            new() { Type = HttpFaultKind.Status, Status = 500 },
            new() { Type = HttpFaultKind.Status, Status = 429, Headers = new() { ["Retry-After"] = "2" } },
            new() { Type = HttpFaultKind.StatusAfter, Status = 502 },
            new() { Type = HttpFaultKind.ResetBefore },
            new() { Type = HttpFaultKind.ResetAfter },
            new() { Type = HttpFaultKind.Hang, Seconds = 100_000 },
            new() { Type = HttpFaultKind.HangAfter, Seconds = 100_000 },
            new() { Type = HttpFaultKind.Truncate, Bytes = 40 },
            new() { Type = HttpFaultKind.Garble },
        }
        select new TestCaseData(place.Method, place.Path, action).SetArgDisplayNames(place.Name, $"{action.Type} {(action.Type is HttpFaultKind.Status or HttpFaultKind.StatusAfter ? action.Status : 0)}");

    [TestCaseSource(nameof(Faults))]
    public async Task All_is_answered_and_paid_once(string method, string path, HttpFaultAction action)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 2, 0, 0, TimeSpan.Zero));
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { PhaseSeconds = 1 }, time);
        simulator.Faults.Http.Add(new HttpFault { Method = method, Path = path, Count = 2, Action = action });
        await using var provider = SimulatedProviders.OpenAi(simulator);
        await using var flow = await FlowHarness.StartAsync(clock: time, other: provider.Only());
        var ids = await flow.EnqueueAsync(Jobs);
        await flow.DrainAsync();

        for (var round = 0; round < MostRounds && !await HaveEndedAsync(flow, ids); round++)
        {
            await flow.PassAsync(TimeSpan.FromSeconds(60), steps: 2);
            await flow.DrainAsync("carry_over");
        }

        foreach (var id in ids)
        {
            Assert.That((await flow.JobAsync(id)).View.State, Is.EqualTo(JobState.Succeeded));
        }
        var bill = simulator.Ledger.Summary();
        Assert.That((bill.PaidItems, bill.PaidMoreThanOnce.Count, bill.Overlap.Count), Is.EqualTo(((long)Jobs, 0, 0)));
    }

    private static async Task<bool> HaveEndedAsync(FlowHarness flow, IReadOnlyList<JobId> ids)
    {
        var jobs = await Task.WhenAll(ids.Select(flow.JobAsync));
        return jobs.All(job => job.View.State.HasEnded());
    }
}
